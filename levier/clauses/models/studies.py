"""Studies of lots: scenarios and their versions, values of one's own, what is proposed and what is signed.

Rows that only grow point without a constraint of the database: the line stays when a lot or an account goes.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.clauses.models.slices import Slice, slice_of
from levier.organisations.models import Organisation
from levier.purchasing.models import Lot
from levier.rulebook.compatibility import check_levers
from levier.rulebook.derogations import Derogation, derogations
from levier.rulebook.levers import LEVERS, Lever


class Scenario(models.Model):
    """One way of calibrating a lot, beside others: « sans reprise », « taux de 7 % »."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="scenarios", verbose_name="lot")
    name = models.CharField("nom", max_length=80)
    created_at = models.DateTimeField("créé le", db_default=Now())
    removed_at = models.DateTimeField("retiré le", null=True, editable=False)

    class Meta:
        verbose_name = "scénario"
        verbose_name_plural = "scénarios"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "name"], condition=Q(removed_at=None), name="clauses_scenario_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="clauses_scenario_named"),
        ]

    def __str__(self) -> str:
        return f"scénario {self.pk}"


class StudyVersion(models.Model):
    """A calibration as it was made: what was asked, every value read, the result and its trace. Only grows.

    `given`: the fields of `rulebook` LotNeed. `changes`: [{name, value, reason}], what somebody changed in it
    or in the values. `readings`: every parameter read, whole (`Parameter.as_dict`): the study replays without
    the rule book of that day. `result`: `LotCalibration.as_dict`. Hours in hours, `likely` null while an
    answer is missing.
    """

    scenario = models.ForeignKey(
        Scenario, models.DO_NOTHING, db_constraint=False, related_name="versions", verbose_name="scénario"
    )
    number = models.PositiveSmallIntegerField("version")
    given = models.JSONField("données du lot")
    changes = models.JSONField("valeurs changées", default=list)
    readings = models.JSONField("valeurs lues")
    result = models.JSONField("résultat")
    method = models.CharField("méthode", max_length=20)
    method_version = models.CharField("version de la méthode", max_length=10)
    verdict = models.CharField("conclusion", max_length=9)
    hours_low = models.PositiveIntegerField("heures, bas")
    hours_likely = models.PositiveIntegerField("heures, valeur centrale", null=True)
    hours_high = models.PositiveIntegerField("heures, haut")
    note = models.CharField("remarque", max_length=500, blank=True)
    by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "version d’une étude"
        verbose_name_plural = "versions des études"
        ordering = ("scenario", "-number")
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="clauses_version_number"),
            models.CheckConstraint(
                condition=Q(hours_low__lte=F("hours_high"))
                & (
                    Q(hours_likely=None)
                    | Q(hours_likely__gte=F("hours_low"), hours_likely__lte=F("hours_high"))
                ),
                name="clauses_version_hours_in_order",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["clause", "no_clause", "to_answer"]), name="clauses_version_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"étude {self.pk}"


class ChoiceKind(models.TextChoices):
    """Who speaks: the facilitator proposes, the buyer signs."""

    PROPOSAL = "proposition", "Proposition du facilitateur"
    DECISION = "decision", "Décision de l’acheteur"


class LotChoice(models.Model):
    """What is proposed or signed for a lot: levers, hours, or the derogation that sets the clause aside.

    The last of each kind counts. `hours`: fixed hours; `hours_per_100k`: for a framework. A derogation is a
    case of the closed list with its reasons (`rulebook.derogations`); `why_none`: below the thresholds, no
    clause needs no case, only a reason.
    """

    lot = models.ForeignKey(
        Lot, models.DO_NOTHING, db_constraint=False, related_name="choices", verbose_name="lot"
    )
    kind = models.CharField("nature", max_length=11, choices=ChoiceKind)
    version = models.ForeignKey(
        StudyVersion,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="choices",
        verbose_name="étude",
    )
    levers = ArrayField(models.CharField(max_length=20), default=list, verbose_name="leviers")
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2, null=True)
    hours_per_100k = models.DecimalField(
        "heures par 100 000 € commandés", max_digits=9, decimal_places=2, null=True
    )
    derogation = models.CharField("cas de dérogation", max_length=40, blank=True)
    why_none = models.TextField("motif sans clause", max_length=5000, blank=True)
    remark = models.TextField("remarque", max_length=2000, blank=True)
    by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "choix pour un lot"
        verbose_name_plural = "choix pour les lots"
        ordering = ("-at", "-id")
        indexes = [
            # The last proposal and the last decision of a lot.
            Index(fields=["lot", "kind", "-at"], name="clauses_choice_of_lot"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["proposition", "decision"]), name="clauses_choice_kind"
            ),
            models.CheckConstraint(
                condition=Q(levers__len__gt=0, derogation="", why_none="")
                | Q(levers__len=0, hours=None, hours_per_100k=None) & ~Q(why_none=""),
                name="clauses_choice_levers_or_why_none",
            ),
            models.CheckConstraint(
                condition=(Q(hours=None) | Q(hours__gt=0))
                & (Q(hours_per_100k=None) | Q(hours_per_100k__gt=0))
                & (Q(hours=None) | Q(hours_per_100k=None)),
                name="clauses_choice_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"choix {self.pk}"

    @property
    def named_levers(self) -> tuple[Lever, ...]:
        """The levers as the rule book names them; people read a title, not the number of an article."""
        by_code = {one.code: one for one in LEVERS}
        return tuple(by_code[code] for code in self.levers if code in by_code)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What the matrix says to look at again when these levers stand together on the lot; none as a rule."""
        codes = [one.code for one in self.named_levers]
        return tuple(dict.fromkeys(pair.reason for pair in check_levers(codes) if pair.verdict == "warn"))

    @property
    def derogation_case(self) -> Derogation | None:
        """The case of the closed list that sets the clause aside; None without one, or once it left the list."""
        if not self.derogation:
            return None
        cases = derogations(is_concession=self.lot.purchase.is_concession)
        return next((case for case in cases if case.code == self.derogation), None)

    @property
    def slice(self) -> Slice | None:
        """The hours by amount invoiced, with the slice and the trigger of its study; None for fixed hours."""
        if self.hours_per_100k is None:
            return None
        return slice_of(self.hours_per_100k, self.version.given if self.version else {})


class OwnValue(models.Model):
    """A value of the rule book that a structure keeps for itself, or for one territory; only grows.

    The newest row of a name, key and territory counts from its `valid_from`; `value` null goes back to the
    national one. `departement_code` empty: wherever the structure works. Bounds and value in the unit of the
    parameter of the rule book.
    """

    organisation = models.ForeignKey(
        Organisation,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="own_values",
        verbose_name="structure",
    )
    departement_code = models.CharField("département", max_length=3, blank=True)
    name = models.CharField("paramètre", max_length=60)
    key = models.CharField("clé", max_length=60, blank=True)
    value = models.FloatField("valeur", null=True)
    low = models.FloatField("bas", null=True)
    high = models.FloatField("haut", null=True)
    reason = models.CharField("source ou raison", max_length=300)
    is_confirmed = models.BooleanField("confirmée par la structure", default=False)
    valid_from = models.DateField("à partir du")
    by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "valeur propre à une structure"
        verbose_name_plural = "valeurs propres aux structures"
        ordering = ("organisation", "name", "key", "departement_code", "-valid_from", "-id")
        indexes = [Index(fields=["organisation", "name", "key"], name="clauses_own_value_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None, low=None, high=None)
                | Q(value__isnull=False)
                & (Q(low=None) | Q(low__lte=F("value")))
                & (Q(high=None) | Q(high__gte=F("value"))),
                name="clauses_own_value_in_bounds",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="clauses_own_value_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
