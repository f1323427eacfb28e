"""Owns the wordings that prefer the companies or the people of a place."""

from levier.clauses.set_aside.wording import wording

_PLACE = (
    r"(?:communes?|villes?|métropoles?|communautés?|départements?|régions?|agglomérations?|intercommunalités?|territoires?|cantons?|"
    r"quartiers?|bassins?|arrondissements?)"
)
_OF = (
    r"(?:de la |du |de l['’]|des |de notre |de nos |de s(?:on|a|es) |de leur |de cette |d['’]un |dans (?:la |le |l['’])|"
    r"sur (?:la |le |l['’])|en )"
)
_HERE = rf"(?:{_OF}{_PLACE}|locale?s?|locaux|du (?:cru|coin|pays|secteur)|d['’]ici|de proximité)\b"
_PREFERS = (
    r"priorit|préf[éè]r|privilégi|favoris|bonus|bonifi|avantag|réserv|sollicité|valoris|exclusivement|uniquement|\bseule?s?\b|"
    r"qualité égale|à égalité|équivalente?s?\b|retiendra|(?:fera|feront|faire) travailler|attention particulière|encourag|"
    r"incit|souten|promouv|points?\b|\bnot[ée]e?s?\b|\bdoi(?:t|vent)\b|\bdevr(?:a|ont)\b|exigée?|impérativement|obligatoirement"
)
_COMPANY = (
    r"(?:entreprises?|candidats?|titulaire|attributaires?|soumissionnaires?|fournisseurs?|prestataires?|sociétés?|artisans?|pme|tpe|"
    r"producteurs?|commerçants?|structures? d['’]insertion|structures? inclusives?|associations?|siae|etti|"
    r"acteurs?(?: économiques)?|opérateurs?(?: économiques)?|concurrents?|offres?|candidatures?)"
)
_PERSON = (
    r"(?:demandeu(?:rs?|ses?) d['’]emploi|chômeurs?|allocataires?|bénéficiaires?|jeunes|habitante?s?|résidente?s?|riverains?|personnes|"
    r"publics?|salariés?|ouvriers?|candidats?|main-d['’]œuvre|travailleurs?)"
)
_SITUATION = (
    r"(?: (?:du rsa|de l['’]aah|d['’]emploi|en insertion|éloignée?s de l['’]emploi|en difficulté|inscrits?|en recherche d['’]emploi|"
    r"de longue durée|sans emploi|handicapée?s?|privée?s d['’]emploi|issue?s|originaires|domiciliée?s?|vivant)){0,3}"
)
# Spoken of the work, a place is only where it is done.
_HIRES = (
    r"recrut|embauch|emploi|insertion|poste|priorit|réserv|\bpublics?\b|bénéficiaire|main-d|(?:des|les|ses|aux|ces) heures|"
    r"salari|choisie?s? parmi|revenir|à former|\brsa\b"
)
_NOT_COMPANIES = r"facilitat|locales? ou non|quel(?:le)? que soit|sans condition|acheteur|à titre (?:indicatif|d['’]information)|liste des"
# One public among those of the list, not a condition put to all.
_ONE_PUBLIC = r"quartiers? prioritaires?(?! (?:sont|seront) les seuls)"
_COMPANIES_ADVICE = (
    "Aucune préférence locale entre entreprises : ni implantation, ni distance, ni bonus. Dites le besoin lui-même, par "
    "exemple : « intervention sur site en deux heures », quel que soit le lieu d’établissement."
)
_LOCAL_ADVICE = (
    "Aucune préférence locale : exiger des habitants ou des entreprises du lieu n’est pas permis, sauf outre-mer "
    "(L2691-1) ou programme qui le prévoit. Écrivez : « des personnes éloignées de l’emploi », sans condition de "
    "résidence."
)
_ONE_PUBLIC_UNLESS = (
    rf"facilitat|{_ONE_PUBLIC}|avant les travaux|pendant les travaux|gêne|nuisance|quel(?:le)? que soit"
)

LOCAL_PEOPLE = (
    wording(
        rf"\b{_PERSON}{_SITUATION} (?:de la |du |de l['’]|de notre |de cette |sur (?:la |le |l['’])|dans (?:la |le |l['’]))?{_PLACE}\b"
        rf"|\b{_PERSON}{_SITUATION} (?:de la |du |de l['’]|de notre |de cette |sur (?:la |le |l['’])|dans (?:la |le |l['’])){_PLACE}\b"
        r"|\bgens (?:d['’]ici|du (?:cru|coin|pays|quartier))|\b(?:habitante?s?|riverains?) (?:de|du|des|d['’]) ?\w+",
        _LOCAL_ADVICE,
        needs=_HIRES,
        unless=_ONE_PUBLIC_UNLESS,
    ),
    wording(
        r"\b(?:domiciliée?s?|résidant|résider|résident|habiter|habitent|habitant|demeurant|vivant) (?:à |au |aux |en |dans |"
        r"sur |la |le |l['’]|sa |cette )",
        _LOCAL_ADVICE,
        needs=_HIRES,
        unless=f"{_ONE_PUBLIC_UNLESS}|établissement|ehpad|résidence|en france|résident (?:à l['’])",
    ),
    wording(
        r"main-d['’]œuvre locale|(?:emplois?|recrutements?|embauches?|ancrage) (?:local|locale|locaux|locales)\b|ancrage territorial"
        r"|retombées? (?:économiques? )?locales?|(?:recrut|embauch|main-d['’]œuvre)[^.;:]{0,40}(?:sur place|localement)",
        _LOCAL_ADVICE,
        unless=r"observatoire|plan local|acteurs|service public",
    ),
    wording(
        r"\b(?:aux|des|les|de) [A-ZÉ][\wéèêïç-]+(?:ais|aises|ois|oises|iens|iennes|éens|éennes|ains|aines)\b",
        _LOCAL_ADVICE,
        needs=r"priorit|réserv|emplo|recrut|embauch|poste|travaill",
        unless=r"français|européen",
        is_cased=True,
    ),
    wording(
        r"\b(?:[Dd]emandeurs d['’]emploi|[Aa]llocataires|[Bb]énéficiaires|[Jj]eunes|[Cc]hômeurs)(?: du RSA| de longue durée|"
        r" en insertion)? "
        r"(?:du |de |de la |de l['’]|des |d['’])(?!France|Pôle|Cap |École|Mission|Ecole)[A-ZÉ][a-zéèï]",
        _LOCAL_ADVICE,
        needs=r"priorit|réserv|recrut|embauch|devr|doi[tv]|poste|\bheures\b|profit",
        unless=r"facilitat|accompagn|orient",
        is_cased=True,
    ),
    wording(
        r"quartiers? prioritaires?[^.;:]{0,60}\b(?:exclusivement|uniquement|seuls?|seules?)\b"
        r"|\b(?:exclusivement|uniquement|réservée?s?)\b[^.;:]{0,60}quartiers? prioritaires?|"
        r"\bqpv\b[^.;:]{0,40}(?:exclusivement|uniquement)",
        _LOCAL_ADVICE,
    ),
)
LOCAL_COMPANIES = (
    wording(
        rf"\bseule?s? (?:les )?{_COMPANY}(?: \w+)? {_HERE}|préférence (?:locale|géographique|territoriale)|"
        r"proximité géographique|implantation (?:locale|géographique|territoriale)",
        _COMPANIES_ADVICE,
    ),
    wording(
        rf"\b{_COMPANY}\b[^.;:]{{0,50}}\b(?:doi|devr|justifi|dispos)\w*[^.;:]{{0,40}}\b(?:agence|établissement|dépôt|antenne|"
        rf"siège|bureaux?|atelier)s?\b"
        r"[^.;:]{0,20}\b(?:situ|implant|bas|install)ée?s? (?:à|en|au|aux|dans|sur)\b",
        _COMPANIES_ADVICE,
        unless=f"{_NOT_COMPANIES}|chantier|union européenne|en france",
    ),
    wording(
        r"entreprises? locales?|fournisseurs? locaux|(?:pme|tpe|artisans?|sociétés?|producteurs?|prestataires?) (?:locale?s?|locaux)\b",
        _COMPANIES_ADVICE,
        unless=_NOT_COMPANIES,
    ),
    wording(
        rf"\b{_COMPANY}(?: \w+)?(?: implantée?s?| établie?s?| située?s?| basée?s?| installée?s?)? {_HERE}",
        _COMPANIES_ADVICE,
        needs=_PREFERS,
        unless=f"{_NOT_COMPANIES}|peut|peuvent",
    ),
    wording(
        rf"\b{_COMPANY}\b[^.;:]{{0,70}}\b(?:agence|dépôt|antenne|établissement|bureaux?|implantée?s?|implantation|"
        rf"installée?s?|établie?s?|basée?s?)\b"
        rf"[^.;:]{{0,30}}\b(?:dans|sur|à|en|au) (?:le |la |l['’]|notre |cette |un |une )?(?:territoire|{_PLACE}|moins de|proximité)",
        _COMPANIES_ADVICE,
        unless=f"{_NOT_COMPANIES}|chantier",
    ),
    wording(
        r"(?:siège|établie?s?|implantée?s?|située?s?)[^.;:]{0,20} (?:hors|en dehors) d[^.;:]{0,40}(?:pas admis|exclu|refus|"
        r"écart|ne peuvent)|"
        r"(?:siège social|(?:son|leur) siège|siège (?:de l['’]entreprise|du candidat|du titulaire))[^.;:,]{0,50}\b(?:dans|"
        r"sur|à moins|en)\b",
        _COMPANIES_ADVICE,
        unless=_NOT_COMPANIES,
    ),
    wording(
        r"\b(?:domicili|résid|habit|implant|siège|agence|entreprise|fournisseur|producteur|recrut|embauch)\w*[^.;:,]{0,50}"
        r"\b(?:moins de|rayon de|limite de) \d+ ?(?:km|kilomètres?)",
        _COMPANIES_ADVICE,
        unless=f"{_NOT_COMPANIES}|déchet|transport|déplacement|peut|peuvent",
    ),
    wording(
        r"(?:éloignement|distance|lieu d['’]implantation|adresse) (?:du candidat|de l['’]entreprise|du siège|entre le siège)",
        _COMPANIES_ADVICE,
        needs=r"\bnot[ée]|critère|points?\b|pondér|appréci",
        unless=r"quel(?:le)? que soit",
    ),
)
