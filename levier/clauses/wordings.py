"""Owns the wordings that judges or practice have set aside, those a text must hold, and what to write instead."""

import re
from dataclasses import dataclass

HOUR_LEVERS = frozenset({"L2112-2", "L2112-2-1", "L2112-2_R2152-7"})
PENALTY_LEVERS = HOUR_LEVERS | {"L2691-1", "L3114-2", "L3114-2-1"}
# A passage set aside by its own sentence: « ni bulletin de paie », « vos labels ne sont pas notés ».
_DENIED_BEFORE = re.compile(
    r"\b(?:ni|sans|aucune?|jamais|pas d[e'’]|ne (?:porte|note|compte|concerne|regarde|demande|contien)\w*)\b[^.]*$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^[^.]*\b(?:ne (?:sont|est|seront|sera)|n['’](?:est|entre|entrent))\s+(?:pas|jamais)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording to change: the pattern that finds it in a text in small letters, and what to write instead."""

    pattern: re.Pattern[str]
    advice: str

    def is_in(self, sentence: str) -> bool:
        """Whether the sentence, in small letters, holds the wording without denying it."""
        return any(
            not _DENIED_BEFORE.search(sentence[: match.start()])
            and not _DENIED_AFTER.search(sentence[match.end() :])
            for match in self.pattern.finditer(sentence)
        )


def _wording(pattern: str, advice: str) -> Wording:
    # Small letters on both sides: five times quicker than `re.IGNORECASE`, which may skip no character of the text.
    return Wording(re.compile(pattern.lower()), advice)


_MUST = (
    r"(?:doit|doivent|devra|devront|est tenue? de|sont tenus de|s['’]engage à|obligatoirement|impérativement)"
)
_STRUCTURE = (
    r"(?:ETTI|AI|EI|ACI|GEIQ|ESAT|EATT|EA|SIAE|structure|association intermédiaire|entreprise d['’]insertion|"
    r"entreprise adaptée|entreprise de travail temporaire|chantier d['’]insertion|régie)"
)
IMPOSED_MEANS = (
    _wording(
        rf"{_MUST}[^.]{{0,80}}(?:recourir à|passer par|faire appel à|sous-traiter à|embaucher par)[^.]{{0,60}}\b{_STRUCTURE}\b",
        "Le titulaire choisit librement ses moyens : n’imposez pas une structure ou une modalité. Écrivez : « Le "
        "titulaire choisit librement ses moyens, et peut les combiner ».",
    ),
    _wording(
        rf"exclusivement (?:par|avec|auprès d)[^.]{{0,40}}\b{_STRUCTURE}\b",
        "Le titulaire choisit librement ses moyens : retirez « exclusivement » et le nom de la structure.",
    ),
    _wording(
        rf"{_MUST}[^.]{{0,60}}\bCDI\b|{_MUST}[^.]{{0,60}}contrat à durée indéterminée|embauche en CDI (?:est )?obligatoire",
        "Imposer un CDI est discriminatoire : écrivez « quel que soit le contrat de travail ».",
    ),
)
FREE_MEANS = re.compile(
    r"(?:choisit|choisissent) librement|libre (?:de|du choix de) ses moyens|moyens (?:qu['’]il choisit|de son choix)"
)
FREE_MEANS_SENTENCE = (
    "La liberté des moyens n’est pas écrite. Ajoutez : « Le titulaire choisit librement ses moyens, et peut les "
    "combiner : embauche directe, mise à disposition, sous-traitance ou cotraitance »."
)

_PLACE = r"(?:commune|ville|métropole|communauté|département|région|agglomération|territoire|canton|quartier|bassin)"
_LOCAL_ADVICE = (
    "Aucune préférence locale : exiger des habitants ou des entreprises du lieu n’est pas permis, sauf outre-mer "
    "(L2691-1) ou programme qui le prévoit. Écrivez : « des personnes éloignées de l’emploi », sans condition de "
    "résidence."
)
LOCAL_PEOPLE = (
    _wording(
        rf"(?:habitant|résident|demandeurs? d['’]emploi)e?s? (?:domiciliée?s? )?(?:de|dans|du|sur) (?:la |le |l['’]|notre |cette )?{_PLACE}"
        rf"|(?:domiciliée?s?|résidant|habitant) (?:dans|sur|à|en) (?:la |le |l['’]|notre |cette )?{_PLACE}"
        r"|main-d['’]œuvre locale|emploi local",
        _LOCAL_ADVICE,
    ),
)
LOCAL_COMPANIES = (
    _wording(
        rf"entreprises? locales?|préférence locale|fournisseurs? locaux|implantée?s? (?:dans|sur|à) (?:la |le |l['’]|notre |cette )?{_PLACE}"
        rf"|siège (?:social )?(?:dans|sur) (?:la |le |l['’]|notre |cette )?{_PLACE}",
        _LOCAL_ADVICE,
    ),
)

GENERAL_POLICY = (
    _wording(
        r"politique (?:générale )?(?:rse|sociale|d['’]insertion|ressources humaines)\b|responsabilité sociétale (?:de|des) l?['’]?entreprises?"
        r"|label(?:s|lisation)? (?:rse|lucie|b ?corp|afnor|rfar)|certification iso 26 ?000|rapport rse|charte (?:rse|éthique)"
        r"|taux d['’]emploi de travailleurs handicapés de l['’]entreprise",
        "La politique RSE générale de l’entreprise ne peut pas être notée : visez ce qui sera fait dans ce marché (CE, 25 "
        "mai 2018, n° 417580). Écrivez : « Postes et tâches du marché ouverts à des personnes éloignées de "
        "l’emploi ».",
    ),
)
PERSONAL_DATA = (
    _wording(
        r"bulletins? de (?:paie|salaire)|fiches? de paie|numéros? de sécurité sociale|\bNIR\b|casier judiciaire|"
        r"certificat médical|dossier médical|titres? de séjour des",
        "Demandez des relevés d’heures, jamais de bulletin de paie ni de numéro de sécurité sociale. Écrivez : « Le "
        "titulaire remet un relevé des heures, par personne et par mois ».",
    ),
)
WRONG_JUDGE = (
    _wording(
        r"pénalité[^.]{0,80}appliquée?s? par le facilitateur|le facilitateur (?:applique|décide|prononce|inflige)",
        "Seul l’acheteur applique une pénalité, après avoir entendu le titulaire. Écrivez : « L’acheteur seul "
        "décide d’appliquer une pénalité ».",
    ),
)
SHARES_NOT_WHOLE = "Les parts de la note font {total} % : revoyez-les pour qu’elles fassent 100 %."
PENALTY_MISSING = (
    "Aucune pénalité n’est écrite : l’acheteur ne pourra pas en appliquer. Reprenez l’article sur les pénalités, "
    "avec un montant, ou assumez de n’en avoir aucune."
)
PENALTY_WITHOUT_AMOUNT = (
    "Une pénalité sans montant ne s’applique pas : donnez un montant en euros (par heure, par jour ou par "
    "absence), et au plafond une part et sa base ; ou retirez la ligne."
)
MEMBER_SPLIT = re.compile(
    r"groupement[\s\S]{0,400}(?:cotraitant|membre)[\s\S]*\|[\s\S]*\||(?:cotraitant|membre)[\s\S]{0,300}\|[\s\S]*groupement"
    r"|répartition[\s\S]{0,120}(?:membre|cotraitant)|\| ?Membre[\s\S]{0,80}\|",
    re.IGNORECASE,
)
MEMBER_SPLIT_SENTENCE = (
    "La part de chaque cotraitant n’est pas demandée. Ajoutez à l’annexe un tableau « Membre, part du lot, heures "
    "d’insertion », dont le total est l’engagement."
)

_CLAUSE = (
    (
        r"condition[^.]{0,40}(?:sociale|d['’]exécution)|clause sociale",
        "L’avis n’annonce pas la condition. Écrivez : « Le marché comporte une condition sociale d’exécution ».",
    ),
    (r"L2112-2", "L’avis ne cite pas l’article. Ajoutez : « fondée sur l’article L2112-2 du code de la commande publique »."),
)  # fmt: skip
_CRITERION = (
    (
        r"critère",
        "L’avis n’annonce pas le critère. Ajoutez l’insertion professionnelle à la liste des critères, avec sa pondération.",
    ),
    (
        r"R2152-7",
        "L’avis ne cite pas l’article. Ajoutez : « (article R2152-7 du code de la commande publique) ».",
    ),
)


def _reserved(article: str) -> tuple[tuple[str, str], ...]:
    return (
        (r"réservée?", "L’avis n’annonce pas la réservation. Écrivez : « Marché réservé », et à qui."),
        (
            rf"{article}\b(?!-)",
            f"L’avis ne cite pas l’article de la réservation. Ajoutez : « article {article} du code de la commande "
            "publique ».",
        ),
    )


# Lever → what its notice must say: (pattern, what to write when it is missing).
ANNOUNCED: dict[str, tuple[tuple[str, str], ...]] = {
    "L2112-2": _CLAUSE,
    "L2112-2-1": _CLAUSE,
    "R2152-7": _CRITERION,
    "L2112-2_R2152-7": (*_CLAUSE, *_CRITERION),
    "L2691-1": (
        (
            r"condition",
            "L’avis n’annonce pas la condition. Écrivez : « Condition particulière d’exécution ».",
        ),
        (r"L2691-1", "L’avis ne cite pas l’article L2691-1 : ajoutez-le."),
    ),
    "R2123-1": ((r"R2123-1", "L’avis ne cite pas l’article R2123-1 : ajoutez-le."),),
    "L3114-2": (
        (
            r"condition",
            "L’avis n’annonce pas la condition. Écrivez : « La concession comporte une condition sociale ».",
        ),
        (r"L3114-2", "L’avis ne cite pas l’article L3114-2 : ajoutez-le."),
    ),
    "L3124-5": (
        (r"critère", "L’avis n’annonce pas le critère : ajoutez-le à la liste."),
        (r"L3124-5", "L’avis ne cite pas l’article L3124-5 : ajoutez-le."),
    ),
    "L3113-1": _reserved("L3113-1"),
} | {code: _reserved(code) for code in ("L2113-12", "L2113-13", "L2113-13-1", "L2113-14", "L2113-15")}
ANNOUNCED["L3114-2-1"] = ANNOUNCED["L3114-2"]
