"""Trains the CPV model on the contracts the reference room was taught, and keeps it under LEVIER_HOME."""

import time
from dataclasses import dataclass

from levier.core import audit
from levier.core.audit import Actor
from levier.reference.cpv.model import FEWEST_SAMPLES, ModelError, clean_samples, train
from levier.reference.models import CpvExample
from levier.reference.queries import cpv_model_path, forget_cpv_ranker


@dataclass(frozen=True)
class TrainingReport:
    """How many different contracts the model learnt from, and how long it took (seconds)."""

    samples: int
    seconds: float


def train_cpv_model(*, by: Actor) -> TrainingReport:
    """Learn from every example and replace the former model at once.

    Raises ModelError (a French sentence) under FEWEST_SAMPLES different examples: labels alone do better.
    """
    clock = time.perf_counter()
    clean = clean_samples(CpvExample.objects.order_by("id").values_list("text", "cpv_id"))
    if len(clean.samples) < FEWEST_SAMPLES:
        raise ModelError(
            f"{len(clean.samples)} marchés différents : il en faut {FEWEST_SAMPLES} pour apprendre les codes CPV. "
            "Les libellés et le lexique suffisent en attendant."
        )
    path = cpv_model_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    train(clean.samples).save(path)
    forget_cpv_ranker()
    report = TrainingReport(len(clean.samples), round(time.perf_counter() - clock, 2))
    audit.record(by=by, verb="reference.train_cpv_model", details={"samples": report.samples})
    return report
