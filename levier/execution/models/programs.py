"""Keys with which programs declare hours for an organisation, and what each call was answered."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.organisations.models import Organisation


class ApiKey(models.Model):
    """A program's key: it does what its author may, for one organisation, and stops with the author's membership.

    Only the fingerprint is kept; `start` is what a list shows of it.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="api_keys", verbose_name="organisation"
    )
    by = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name="par", db_index=False)
    label = models.CharField("pour quel logiciel", max_length=80)
    start = models.CharField("début", max_length=12)
    secret_hash = models.CharField("empreinte", max_length=64, unique=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    used_on = models.DateField("dernier usage", null=True)
    revoked_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        verbose_name = "clé d’API"
        verbose_name_plural = "clés d’API"
        ordering = ("-created_at", "-id")
        constraints = [models.CheckConstraint(condition=~Q(label=""), name="execution_api_key_named")]

    def __str__(self) -> str:
        return f"clé {self.start}"


class ApiAnswer(models.Model):
    """What a call with this idempotency key was answered: the same call again gets the same answer, and writes nothing."""

    key = models.ForeignKey(
        ApiKey, models.CASCADE, related_name="answers", verbose_name="clé", db_index=False
    )
    call = models.CharField("clé d’idempotence", max_length=80)
    body_sha256 = models.CharField("empreinte de la demande", max_length=64)
    answer = models.JSONField("réponse", null=True)
    created_at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "réponse de l’API"
        verbose_name_plural = "réponses de l’API"
        constraints = [models.UniqueConstraint(fields=["key", "call"], name="execution_api_answer_once")]

    def __str__(self) -> str:
        return f"réponse {self.pk}"
