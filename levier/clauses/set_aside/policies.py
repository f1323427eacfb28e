"""Owns the wordings that note the company as a whole instead of what it will do in this contract."""

from levier.clauses.set_aside.wording import wording

_ADVICE = (
    "La politique RSE générale de l’entreprise ne peut pas être notée : visez ce qui sera fait dans ce marché (CE, 25 "
    "mai 2018, n° 417580). Écrivez : « Postes et tâches du marché ouverts à des personnes éloignées de "
    "l’emploi »."
)
_OWNER = (
    r"(?:de (?:l['’]|votre |leur |son |chaque )(?:entreprise|société|structure|établissement)|de la société|d['’]entreprise|"
    r"des entreprises|"
    r"par (?:la société|l['’]entreprise)|(?:du|des|par le|chez le) (?:candidat|soumissionnaire|prestataire|titulaire|"
    r"groupe)s?|dans (?:l['’]|votre )(?:entreprise|effectif)|"
    r"(?:l['’]ensemble|la totalité) de ses (?:marchés|effectifs|activités|contrats|salariés)|depuis sa création|"
    r"activité générale|en général\b|en interne|global|globale|générale?|\bvotre\b)"
)
_THEME = (
    r"(?:\brse\b|sociéta(?:l|le|ux|les)|responsabilité sociale|sociale?s?|sociaux|d['’]insertion|ressources humaines|handicap|diversité|"
    r"développement durable|inclusi\w+|égalité (?:professionnelle|entre|femmes))"
)
_SUBJECT = r"(?:politique|démarche|stratégie|engagement|action|performance|maturité|culture|initiative|valeur|partenariat)s?"
_NOTED = (
    r"obtien|obtention|remet|\bnot(?:é|ée|és|ées|ation|e)\b|points?\b|appréci|valoris|évalu|critère|bonus|pondér|% ?(?:\||$|"
    r"\.|de la note)|pris(?:e|es)? en compte|"
    r"présent|décri|détaill|indiqu|joi[nt]|fourni|expos"
)
_CONTRACT = (
    r"(?:dans|pour|pendant|lors de) (?:ce |le présent |le |l['’]exécution du )?(?:marché|lot)|du (?:marché|lot)\b|(?:dans|"
    r"pour|pendant) l['’]exécution|"
    r"affectée?s? (?:au marché|à l['’]exécution)|dédiée?s? au marché"
)
# The buyer's own policy may be told: it is not noted.
_BUYERS = (
    r"(?:^(?:la|le|notre|l['’]) ?(?:ville|commune|métropole|région|collectivité|communauté|département|acheteur|pouvoir adjudicateur)\b|"
    r"de la (?:ville|commune|métropole|région|collectivité|communauté)|du (?:département|pouvoir adjudicateur|maître d['’]ouvrage|conseil)|"
    r"de l['’](?:acheteur|état|agglomération|établissement public)|politique de la ville|achats? responsables?|politiques? publiques?)"
)
_ASIDE = rf"{_CONTRACT}|{_BUYERS}"
_WORKERS = (
    r"(?:apprenti|alternant|travailleurs? handicapé|personnes? (?:en insertion|handicapée|en situation|éloignée)|"
    r"salariés? en (?:insertion|situation)|"
    r"seniors?|femmes|égalité|contrats? aidés?|emplois? d['’]insertion|bénéficiaires|embauches?|cdi\b|stagiaires?)"
)

GENERAL_POLICY = (
    wording(
        r"politique (?:générale )?(?:rse|sociale|d['’]insertion|ressources humaines)\b|responsabilité sociétale (?:de|"
        r"des) l?['’]?entreprises?"
        r"|label(?:s|lisation)? (?:rse|lucie|b ?corp|afnor|rfar|diversité|égalité|engagé|emplitude|cap[' ’]handéo|pme\+)|"
        r"(?:certification|label)s? sociale?s?\b|\bb ?corp\b|certification iso 26 ?000|\biso 26 ?000\b"
        r"|\becovadis\b|(?:rapport|charte|note|score|attestation|diagnostic) rse|démarche rse|critères? (?:« ?)?rse\b",
        _ADVICE,
        unless=_ASIDE,
    ),
    wording(
        r"charte éthique|rapport de (?:développement durable|durabilité)|bilan social\b|rapport social\b|"
        r"déclaration de performance extra-financière",
        _ADVICE,
        needs=_NOTED,
        unless=_ASIDE,
    ),
    wording(
        rf"\b{_SUBJECT}\b[^.;:,]{{0,40}}{_THEME}[^.;:,]{{0,40}}{_OWNER}|\b{_SUBJECT} {_OWNER}[^.;:,]{{0,40}}{_THEME}",
        _ADVICE,
        unless=_ASIDE,
    ),
    wording(
        rf"\b(?:combien|taux|part|nombre|proportion|pourcentage|effectifs?|index|ratio)\b[^.;:]{{0,60}}{_WORKERS}[^.;:]{{0,60}}"
        rf"(?:{_OWNER}|effectif|(?:dernières|trois|deux|cinq) (?:années?|ans|exercices)|de l['’]entreprise|parmi (?:vos|ses|"
        rf"leurs) salariés)",
        _ADVICE,
        needs=_NOTED,
        unless=_ASIDE,
    ),
    wording(
        r"(?:respect|satisf|taux|rempli|déclaration|contribution|acquitt|situation)\w*[^.;:]{0,40}(?:obligation d['’]emploi|"
        r"\boeth\b|\bdoeth\b|agefiph)",
        _ADVICE,
        needs=_NOTED,
        unless=_ASIDE,
    ),
    wording(
        r"taux d['’]emploi de (?:travailleurs|personnes)(?: en situation de)? handicap\w*(?: de l['’]entreprise)?",
        _ADVICE,
        unless=_ASIDE,
    ),
    wording(
        rf"\b(?:sa|ses|leurs?|son) {_SUBJECT}\b[^.;:,]{{0,40}}(?:{_THEME}|recrutement)|responsabilité (?:sociale|"
        rf"sociétale)[^.;:,]{{0,40}}{_OWNER}"
        rf"|(?:insertion|inclusion|handicap|diversité)[^.;:]{{0,40}}(?:l['’]ensemble de ses|depuis sa création|"
        rf"activité générale|en général\b)",
        _ADVICE,
        needs=_NOTED,
        unless=_ASIDE,
    ),
    wording(
        rf"\bpolitique\b[^.;:,]{{0,60}}{_OWNER}|\b(?:sociétés?|entreprises?|candidats?|soumissionnaires?)\b[^.;:,]{{0,20}}"
        rf"(?:(?:qui emploi|employ|ayant|comptant|qui compt)\w*[^.;:]{{0,40}}{_WORKERS}"
        rf"|(?:engagée?s?|labellisée?s?|certifiée?s?|démarche)\b[^.;:,]{{0,50}}(?:{_THEME}|label))",
        _ADVICE,
        needs=_NOTED,
        unless=rf"{_ASIDE}|tarif|politique (?:de prix|qualité)",
    ),
    wording(
        r"\bmécénat|bénévolat|dons? (?:à|aux) (?:des )?associations?", _ADVICE, needs=_NOTED, unless=_ASIDE
    ),
)
