"""Who answers for a purchase on each side, and the story of its states."""

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.purchasing.models.purchases import Purchase, PurchaseState


class ContactSide(models.TextChoices):
    """Whose contact; in an in-house mission only the buyer's are asked."""

    BUYER = "acheteur", "Acheteur"
    FACILITATOR = "facilitateur", "Facilitateur"


class ContactRank(models.TextChoices):
    """The person in charge, and the one who answers when that person is away."""

    FIRST = "referent", "Référent"
    SUBSTITUTE = "suppleant", "Suppléant"


class PurchaseContact(models.Model):
    """A person to call about a purchase: an account of the house, or somebody named.

    With an account, `name` and `email` are copied when written: the note stays readable if the account goes.
    """

    purchase = models.ForeignKey(Purchase, models.CASCADE, related_name="contacts", verbose_name="achat")
    side = models.CharField("côté", max_length=12, choices=ContactSide)
    rank = models.CharField("rang", max_length=9, choices=ContactRank)
    account = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    name = models.CharField("nom", max_length=120)
    function = models.CharField("fonction", max_length=120, blank=True)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        verbose_name = "contact d’un achat"
        verbose_name_plural = "contacts des achats"
        # The buyer first, then the person in charge: the alphabet happens to say so.
        ordering = ("purchase", "side", "rank")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "side", "rank"], name="purchasing_contact_once"),
            models.CheckConstraint(
                condition=~Q(name="") & (~Q(email="") | ~Q(phone="")), name="purchasing_contact_reachable"
            ),
            models.CheckConstraint(
                condition=Q(side__in=[side.value for side in ContactSide])
                & Q(rank__in=[rank.value for rank in ContactRank]),
                name="purchasing_contact_place",
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class PurchaseEvent(models.Model):
    """One line of the story: a move, or a word left for the other side (`before` = `after`). Append-only.

    Neither the account nor the purchase is a constraint of the database: the line stays when they go.
    """

    purchase = models.ForeignKey(
        Purchase, models.DO_NOTHING, db_constraint=False, related_name="events", verbose_name="achat"
    )
    before = models.CharField("de", max_length=10, choices=PurchaseState, blank=True)
    after = models.CharField("à", max_length=10, choices=PurchaseState)
    at = models.DateTimeField("le", db_default=Now())
    side = models.CharField("côté", max_length=12, choices=ContactSide)
    account_id = models.BigIntegerField("compte", null=True)
    note = models.TextField("mot", max_length=2000, blank=True)

    class Meta:
        verbose_name = "étape d’un achat"
        verbose_name_plural = "étapes des achats"
        ordering = ("at", "id")
        indexes = [Index(fields=["purchase", "at"], name="purchasing_event_of_purchase")]
        constraints = [
            models.CheckConstraint(
                condition=Q(before="") | ~Q(before=models.F("after")) | ~Q(note=""),
                name="purchasing_event_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"étape {self.pk}"

    @property
    def is_word(self) -> bool:
        """A word, not a move."""
        return self.before == self.after
