"""What the public API receives and returns."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ninja import Field, Schema

from levier.api.refusals import MONTH_PATTERN
from levier.dossier.need import LONGEST_TEXT, NeedInput


class NeedIn(Schema):
    """A need: a French sentence is enough; the other fields correct or complete it."""

    text: str = Field(
        "", max_length=LONGEST_TEXT, description="Le besoin en français, 5 000 caractères au plus."
    )
    place: str = Field("", max_length=200, description="Commune, code postal, EPCI, département ou région.")
    amount_ht: float | None = Field(None, description="Montant estimé du besoin entier, en euros hors taxes.")
    max_amount_ht: float | None = Field(None, description="Maximum d’un accord-cadre, en euros hors taxes.")
    months: float | None = Field(None, description="Durée d’exécution, en mois.")
    buyer_side: Literal["", "public", "private"] = Field("", description="Acheteur public (défaut) ou privé.")
    buyer_kind: str = Field("", max_length=40)
    buyer_siren: str = Field(
        "", max_length=20, description="Sa convention avec un facilitateur passe avant le guichet du lieu."
    )
    takeover_hours: float | None = Field(
        None, description="Heures mensuelles du personnel à reprendre ; 0 : aucune."
    )
    cpv: str = Field("", max_length=12)
    is_framework: bool | None = None
    is_concession: bool | None = Field(None, description="Délégation de service public ou autre concession.")
    programme: str = Field("", max_length=20)
    lot_count: int | None = None
    posts: int | None = None
    launch_date: date | None = Field(None, description="Date de lancement de la consultation.")
    lever: str = Field("", max_length=40, description="Levier dont on veut le texte.")

    def as_input(self) -> NeedInput:
        """The need as the dossier room takes it."""
        return NeedInput(**self.dict())


class ProblemOut(Schema):
    """A field to correct and the sentence that says how."""

    field: str
    sentence: str


class RefusalOut(Schema):
    """Why a need is refused."""

    detail: str
    problems: list[ProblemOut] = []


class DossierOut(Schema):
    """The whole answer to a need. Amounts in euros excluding tax, distances in km, hours of insertion."""

    need: dict[str, Any]
    made_on: date
    answer: dict[str, str]
    lever: str | None
    levers: list[dict[str, Any]]
    calibration: dict[str, Any] | None
    suppliers: dict[str, Any]
    questions: list[dict[str, Any]]
    facilitator: dict[str, Any]
    similar_contracts: list[dict[str, Any]]
    clause: dict[str, Any] | None
    next_steps: list[dict[str, Any]]
    warnings: list[str]


class CalibrationIn(Schema):
    """A method and its inputs, by the names of the rule book."""

    method: str = Field(..., max_length=40)
    inputs: dict[str, float] = Field(
        ..., description="Par exemple amount_ht, labour_share, insertion_rate, hourly_cost."
    )


class SupplierOut(Schema):
    """One supplier found."""

    key: str
    siret: str | None
    siren: str | None
    name: str
    kind: str
    kind_label: str
    counts_for_clause: bool | None
    address: str
    postal_code: str
    city: str
    departement: str
    region: str
    latitude: float | None
    longitude: float | None
    precision: str
    sectors: list[str]
    activity: str
    ways: list[str]
    ways_stated: bool
    size: str
    people: str
    naf: str
    website: str
    sources: list[str]
    seen_on: date | None
    is_demo: bool
    distance_km: float | None = None


class ComingOut(SupplierOut):
    """A supplier established outside of the place asked for, where it says it works."""

    areas: list[str] = Field(
        ..., description="Où elle dit intervenir : « jusqu’à 60 km », « région Bretagne »."
    )


class UnderstoodOut(Schema):
    """What the sentence was understood to say; null or empty for what it does not say."""

    kinds: list[str]
    sizes: list[str]
    place: str | None
    radius_km: float | None
    departements: list[str]
    sectors: list[str]
    words: str
    identifier: str


class LooserOut(Schema):
    """When nobody answers: the same search less one thing, and how many answer. `q` and `near`: what to ask then."""

    given_up: list[str]
    kept: list[str]
    q: str
    near: str
    total: int


class SupplierPageOut(Schema):
    """A page of suppliers: what was understood, exact total, counts by facet, and the cursor of the next page.

    `coming_total` suppliers stand outside of the place asked for but say they work there: `coming` holds the nearest
    (`limit` at most), with the first page; none when no place is asked.
    When nobody answers, `why_nobody` says which word empties the list, and `looser` who answers without it.
    """

    total: int
    coming_total: int
    why_nobody: str
    looser: list[LooserOut]
    corrected: str | None
    understood: UnderstoodOut
    next_cursor: str | None
    facets: dict[str, dict[str, int]]
    results: list[SupplierOut]
    coming: list[ComingOut]


class LotIn(Schema):
    """One lot: what its levers and its texts are read on."""

    cpv: str = Field("", max_length=12, description="Code CPV de l’objet.")
    amount_ht: float | None = Field(None, description="Montant estimé du besoin entier, en euros hors taxes.")
    max_amount_ht: float | None = Field(None, description="Maximum d’un accord-cadre, en euros hors taxes.")
    months: float | None = Field(None, description="Durée d’exécution, en mois.")
    buyer_side: Literal["public", "private"] = "public"
    buyer_kind: str | None = Field(None, max_length=40)
    takeover_hours: float | None = Field(
        None, description="Heures mensuelles du personnel à reprendre ; 0 : aucune."
    )
    is_framework: bool = False
    is_concession: bool = False
    programme: str = Field("", max_length=20)
    territory: str = Field("", max_length=3, description="Code du département d’exécution.")
    launch_date: date | None = Field(None, description="Date de lancement ; aujourd’hui par défaut.")


class LeversIn(LotIn):
    """A lot, and the levers its buyer has chosen, if any."""

    chosen: list[str] = Field(
        [], max_length=10, description="Leviers choisis : compatibilité et publication."
    )


class DraftIn(LotIn):
    """A lot, the lever to write, and the buyer's choices."""

    lever: str = Field(max_length=40)
    trade: str | None = Field(None, max_length=40)
    document: str = Field("", max_length=20, description="Un seul document ; tous par défaut.")
    values: dict[str, Any] = Field({}, description="Les choix de l’acheteur, par leur nom.")


class DeclaredLineIn(Schema):
    """The hours of one person: by its number of entry, or by its name inside the contract."""

    hours: Decimal = Field(
        ..., description="Heures du mois, au centième ; 0 si la personne n’a pas travaillé."
    )
    entry: int | None = Field(None, description="Numéro donné par /contracts/{id}/people.")
    family_name: str = Field("", max_length=80)
    given_name: str = Field("", max_length=80)
    birth_on: date | None = Field(None, description="Seulement pour départager deux personnes du même nom.")


class DeclarationIn(Schema):
    """The month of a company on a commitment."""

    month: str = Field(..., pattern=MONTH_PATTERN, description="AAAA-MM.")
    commitment: int | None = Field(None, description="Le premier du contrat quand il n’est pas donné.")
    lines: list[DeclaredLineIn]
    send: bool = Field(False, description="Envoyer aussitôt le mois au facilitateur.")

    @property
    def first_day(self) -> date:
        """Of the month."""
        return date.fromisoformat(f"{self.month}-01")


class CheckOut(Schema):
    """A check that speaks of a line: « block » waits for a correction or the facilitator, « warn » is to be read again."""

    name: str
    severity: str
    sentence: str


class DeclaredLineOut(Schema):
    """What becomes of a line, in the order of the call."""

    line: int
    outcome: Literal["kept", "unchanged", "questioned", "refused"]
    entry: int | None
    reason: str
    checks: list[CheckOut]


class DeclarationOut(Schema):
    """The answer to a declared month. `repeated`: this call had been answered already, and wrote nothing again."""

    contract: int
    commitment: int
    month: str
    kept: int
    sent: bool
    repeated: bool
    lines: list[DeclaredLineOut]


class DeclaredPersonOut(Schema):
    """Somebody to declare: a first name and an initial, whether and until when its hours count; never a reason."""

    entry: int
    name: str
    is_valid: bool
    eligible_until: date | None
    entered_on: date
    left_on: date | None


class CommitmentOut(Schema):
    """What one contractor owes. Hours."""

    id: int
    number: int
    label: str
    contractor: str
    rule: str
    due: float
    done: float
    left: float


class ContractRowOut(Schema):
    """A contract and its balance. Hours."""

    id: int
    title: str
    reference: str
    buyer: str
    holder: str
    starts_on: date
    ends_on: date
    due: float
    done: float
    left: float


class ContractOut(ContractRowOut):
    """The same with each commitment. `waiting`: hours declared and not decided yet."""

    waiting: float
    commitments: list[CommitmentOut]
