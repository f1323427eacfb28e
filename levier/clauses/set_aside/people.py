"""Owns the wordings that ask too much of people's lives, and those that leave a penalty to another than the buyer."""

from levier.clauses.set_aside.wording import wording

_DATA_ADVICE = (
    "Demandez des relevés d’heures, jamais de bulletin de paie ni de numéro de sécurité sociale. Écrivez : « Le "
    "titulaire remet un relevé des heures, par personne et par mois »."
)
_PROOF_ADVICE = (
    "Ces pièces ne vont pas à l’acheteur : le facilitateur vérifie l’éligibilité. Écrivez : « Le titulaire remet un relevé des "
    "heures, par personne et par mois »."
)
PERSONAL_DATA = (
    wording(
        r"bulletins? de (?:paie|paye|salaire)|fiches? de (?:paie|paye|salaire)|numéros? de sécurité sociale|\bnir\b|carte vitale|"
        r"casier judiciaire|certificats? médica(?:l|ux)|dossiers? médica(?:l|ux)|titres? de séjour des",
        _DATA_ADVICE,
        unless=r"l['’]employeur (?:conserve|garde)",
    ),
    wording(
        r"(?:cartes? (?:nationales? )?d['’]identité|titres? de séjour|passeport|(?:attestation|notification|justificatif|"
        r"copie)s?[^.;:,]{0,30}(?:rsa|\bcaf\b|aah|rqth|mdph|cdaph|"
        r"france travail|pôle emploi|domicile|handicap))",
        _PROOF_ADVICE,
        needs=r"transm|rem(?:et|is)|jo(?:int|ind)|produi|fourni|communiqu|adress|envo[iy]|demand|exig",
        unless=r"au facilitat|facilitat\w+ (?:vérifie|demande|peut)",
    ),
)
_OTHER = (
    r"(?:facilitat(?:eur|rice)s?|maison de l['’]emploi|plie|mission locale|chargée? de mission|structure (?:facilitatrice|"
    r"d['’]accompagnement)|association)"
)
_ACTS = r"(?:appli?qu|notifi|prononc|inflig|déclench|décid|fix|impos|retien|ret[ei]nir)"
_BETWEEN = r"(?:(?!propos|demand|acheteur|avis|recommand|alert|signal|n['’]|\bne\b)[^.;:,])"
WRONG_JUDGE = (
    wording(
        rf"pénalité[^.;:]{{0,80}}{_ACTS}\w*(?:,? [\w ]{{0,20}})? par (?:le |la |l['’]|un |"
        rf"une )?(?:service[\w ]{{0,20}} d(?:u|e la) )?{_OTHER}"
        rf"|\b{_OTHER}\b{_BETWEEN}{{0,60}}\b{_ACTS}\w*{_BETWEEN}{{0,40}}pénalité"
        rf"|décision (?:de |du |de la |de l['’]){_OTHER}[^.;:]{{0,60}}pénalité"
        rf"|pénalité[^.;:]{{0,40}}\b(?:relèv|revien|incomb|appartien)\w* (?:du |de la |de l['’]|à la |à l['’]|au ){_OTHER}",
        "Seul l’acheteur applique une pénalité, après avoir entendu le titulaire. Écrivez : « L’acheteur seul "
        "décide d’appliquer une pénalité ».",
    ),
)
