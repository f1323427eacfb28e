"""Writes on the texts organisations keep of their own: each one is a new version, none is lost."""

from django.db import transaction

from levier.accounts.models import User
from levier.clauses.drafting import documents_of, trades_of
from levier.clauses.models import TemplateVariant
from levier.clauses.own_texts import copy_of, problem_of, versions_of
from levier.clauses.values import ClauseError
from levier.core import audit
from levier.organisations.models import Organisation


@transaction.atomic
def save_variant(
    *,
    by: User,
    organisation: Organisation,
    lever: str,
    document: str,
    trade: str = "",
    markdown: str,
    note: str = "",
) -> TemplateVariant:
    """Keep a new version of a document. Raises ClauseError (French sentence) for a text that cannot be used."""
    _check_key(lever, document, trade)
    text = "\n".join(line.rstrip() for line in markdown.replace("\r\n", "\n").split("\n")).strip() + "\n"
    if problem := problem_of(text, lever):
        raise ClauseError(problem)
    last = _last(organisation, lever, document, trade)
    before = copy_of(lever, document, trade) if last is None or last.is_house else last.markdown
    if text.strip() == before.strip():
        raise ClauseError("Ce texte est le même que celui qui sert déjà : rien n’a été enregistré.")
    made = _add(by, organisation, lever, document, trade, last, markdown=text, note=note)
    audit.record(
        by=by.as_actor(), verb="clauses.save_variant", object_type="template_variant", object_key=str(made.pk),
        details={"lever": lever, "document": document, "version": made.version},
    )  # fmt: skip
    return made


@transaction.atomic
def restore_variant(*, by: User, variant: TemplateVariant) -> TemplateVariant:
    """Make a former version the last one again, as a new version. Raises ClauseError when it already is."""
    last = _last(variant.organisation, variant.lever, variant.document, variant.trade)
    if variant.is_house or last is None or last.pk == variant.pk:
        raise ClauseError("Cette version est déjà celle qui sert, ou elle ne porte aucun texte.")
    if problem := problem_of(variant.markdown, variant.lever):
        raise ClauseError(problem)
    made = _add(
        by, variant.organisation, variant.lever, variant.document, variant.trade, last,
        markdown=variant.markdown, note=f"reprise de la version {variant.version}",
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="clauses.restore_variant", object_type="template_variant",
        object_key=str(made.pk), details={"restored": variant.version, "version": made.version},
    )  # fmt: skip
    return made


@transaction.atomic
def return_to_house(*, by: User, variant: TemplateVariant) -> TemplateVariant:
    """Let our text serve again; the versions written stay in the history. Raises ClauseError when it already does."""
    last = _last(variant.organisation, variant.lever, variant.document, variant.trade)
    if last is None or last.is_house:
        raise ClauseError("Le texte de la maison sert déjà.")
    made = _add(
        by, variant.organisation, variant.lever, variant.document, variant.trade, last,
        is_house=True, note="retour au texte de la maison",
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="clauses.return_to_house", object_type="template_variant",
        object_key=str(made.pk), details={"version": made.version},
    )  # fmt: skip
    return made


def _check_key(lever: str, document: str, trade: str) -> None:
    if document not in dict(documents_of(lever)):
        raise ClauseError(f"Le levier « {lever} » n’a pas de document « {document} ».")
    if trade and trade not in trades_of(lever):
        raise ClauseError(f"Le métier « {trade} » n’existe pas.")


def _last(organisation: Organisation, lever: str, document: str, trade: str) -> TemplateVariant | None:
    # The organisation's row is the lock: two colleagues who save at once get two versions, not an error.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return TemplateVariant.objects.of(organisation, lever, document, trade).first()


def _add(
    by: User, organisation: Organisation, lever: str, document: str, trade: str, last: TemplateVariant | None,
    *, note: str, markdown: str = "", is_house: bool = False,
) -> TemplateVariant:  # fmt: skip
    return TemplateVariant.objects.create(
        organisation=organisation, lever=lever, document=document, trade=trade,
        version=(last.version if last else 0) + 1, markdown=markdown, is_house=is_house,
        note=" ".join(note.split())[:200], based_on_versions=versions_of(lever, document, trade), created_by=by,
    )  # fmt: skip
