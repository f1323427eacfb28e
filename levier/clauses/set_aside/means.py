"""Owns the wordings that take from the contractor the choice of its means: a structure, a prescriber, a modality, a CDI."""

from levier.clauses.set_aside.wording import Wording, wording

_STRUCTURE = (
    r"(?:etti|ai|ei|aci|geiq|esat|eatt|ea|siae|associations? intermédiaires?|associations?|entreprises? d['’]insertion|"
    r"entreprises? adaptées?|entreprises? de travail temporaire|intérim|ateliers? et chantiers? d['’]insertion|chantiers? d['’]insertion|"
    r"régies?|groupements? d['’]employeurs|structures?(?! facilitatrice))"
)
_PRESCRIBER = r"(?:missions? locales?|france travail|pôle emploi|cap emploi|plie|maisons? de l['’]emploi|prescripteurs?)"
_WHO = rf"\b(?:{_STRUCTURE}|{_PRESCRIBER})\b"
_ONLY = (
    r"(?:exclusi(?:vement|f|fs|ve|ves)|uniquement|seulement|obligatoirement|impérativement|nécessairement)"
)
_MUST = (
    r"(?:doit|doivent|devra|devront|est tenue? de|sont tenus de|(?:s['’]engage|s['’]engagent) à|(?:est|sera) imposée?|"
    r"(?:a|ont|aura) l['’]obligation|(?:est|sont) obligée?s? de)"
)
# What the contractor does through somebody: the infinitive is a demand after « doit », the indicative is one by itself.
_TO = (
    r"(?:recourir à|recourir aux?|avoir recours aux?|passer par|faire appel (?:à|aux?)|s['’]adresser (?:à|aux?)|sous-traiter|"
    r"confier|embaucher (?:par|via)|recruter (?:par|via)|travailler avec)"
)
_DOES = (
    r"(?:recour(?:t|ra|ront|ent)|a(?:ura)? recours|pass(?:e|ent|era|eront) par|f(?:ait|era|ont|eront) appel|"
    r"s['’]adresse(?:ra)?|sous-trait(?:e|era|ent|eront)|confi(?:e|era|ent|eront))"
)
_OWN_CHOICE = (
    r"(?<!ne )\b(?:peut|peuvent|pourra|pourront)\b|au choix|de (?:son|leur) choix|qu['’](?:il|elle)s? choisi|librement|par exemple|"
    r"suivantes?\s*$|\b(?:s['’]il|s['’]ils|si|lorsqu['’e]|quand|en cas d[e'’]|qui recour|dès lors)|facilitat|réservée?s?\b"
)
# The buyer entrusts its own work to whom it wants.
_BUYER = r"l['’]acheteur|pouvoir adjudicateur|maître d['’]ouvrage|collectivité|autorité concédante"
_FREE = "Écrivez : « Le titulaire choisit librement ses moyens, et peut les combiner »."
_NO_STRUCTURE = (
    f"Le titulaire choisit librement ses moyens : n’imposez pas une structure ou une modalité. {_FREE}"
)
_NO_ONLY = (
    "Le titulaire choisit librement ses moyens, et par qui il recrute : retirez « exclusivement », « seul », et le nom de "
    "la structure. Écrivez : « Le titulaire choisit librement ses moyens ; les organismes de l’emploi et le facilitateur "
    "peuvent lui présenter des candidats »."
)
_NO_CDI = "Imposer un CDI est discriminatoire : écrivez « quel que soit le contrat de travail »."
_NO_BAN = (
    "N’écartez aucune modalité : embauche directe, mise à disposition, sous-traitance et cotraitance comptent toutes. "
    f"{_FREE}"
)
_NO_NAME = (
    "Ne choisissez ni la personne à recruter, ni son employeur : le titulaire recrute librement, parmi les personnes dont le "
    f"facilitateur valide la situation. {_FREE}"
)
_CDI = r"(?:\bcdi\b|contrats? à durée indéterminée)"
_ALTERNATIVE = rf"{_OWN_CHOICE}|\bcdd\b|comptée?s?\b|compte pour|quel que soit|\btoute (?:embauche|signature)|proposer un entretien"

# Every one of them speaks of a structure, a prescriber, a contract or a modality: what speaks of none is not read further.
_NEEDS = rf"{_WHO}|{_CDI}|modalité|embauch|recrut|sous-trait|salari|repren|reprise"


def _imposed(pattern: str, advice: str, *, unless: str, is_denial: bool = False) -> Wording:
    return wording(pattern, advice, needs=_NEEDS, unless=unless, is_denial=is_denial)


IMPOSED_MEANS = (
    _imposed(
        rf"\b{_ONLY}\b[^.;:]{{0,60}}{_WHO}|{_WHO}[^.;:]{{0,20}}\b(?:{_ONLY}|eux seuls|elles? seules?|et lui seul)\b"
        rf"|\bseule?s? (?:les |la |le |l['’])?[^.;:]{{0,50}}{_WHO}[^.;:]{{0,40}}(?:compt|admis|accept|retenu|autoris|"
        rf"éligible|pourr|peu[tv]|interv)"
        r"|modalité[^.;:]{0,20}\b(?:unique|imposée)|\b(?:unique|seule) modalité"
        rf"|\btoutes? les heures[^.;:]{{0,40}}(?:par|avec|auprès d)[^.;:]{{0,30}}{_WHO}",
        _NO_ONLY,
        unless=r"facilitat|réservée?s?\b|éligibilité|groupement conjoint|permanent",
    ),
    _imposed(rf"{_MUST}[^.;:]{{0,80}}{_TO}[^.;:]{{0,60}}{_WHO}", _NO_STRUCTURE, unless=_OWN_CHOICE),
    _imposed(
        rf"(?<!\bse )\b{_DOES}\b[^.;:]{{0,60}}{_WHO}",
        _NO_STRUCTURE,
        unless=f"{_OWN_CHOICE}|{_BUYER}|retraite",
    ),
    _imposed(
        rf"(?:{_MUST}|a l['’]obligation de|s['’]oblige à)[^.;:]{{0,40}}\b(?:conclure|signer|contracter|employer|embaucher|"
        rf"recruter|collaborer|s['’]adjoindre|s['’]associer|être accompagné)\b[^.;:]{{0,60}}{_WHO}"
        rf"|{_MUST} être (?:employ|embauch|recrut|sous-trait|port)ée?s?[^.;:]{{0,40}}{_WHO}|\b(?:sera|seront) (?:employ|"
        rf"sous-trait|port)ée?s?[^.;:]{{0,40}}{_WHO}"
        rf"|\b(?:travaillera|travailleront|collaborera|conclura|emploiera|contractera)\b[^.;:]{{0,40}}{_WHO}",
        _NO_STRUCTURE,
        unless=f"{_OWN_CHOICE}|compt|éligib",
    ),
    _imposed(
        rf"(?:{_MUST}|\b(?:est|sont|sera|seront)) (?:être )?(?:intégralement |toutes? )?(?:(?:effectu|réalis|assur|exécut|"
        rf"confi)ée?s?|faites?) (?:par|à)\b"
        rf"[^.;:]{{0,40}}{_WHO}|\b(?:est|sont|sera|seront) mis(?:e?s?) à disposition par[^.;:]{{0,30}}{_WHO}|"
        rf"{_WHO}[^.;:]{{0,20}} qui (?:fournira|réalisera|assurera)",
        _NO_STRUCTURE,
        unless=f"{_OWN_CHOICE}|{_BUYER}|compt|éligib",
    ),
    _imposed(
        rf"recours (?:aux? |à )[^.;:]{{0,40}}{_WHO}[^.;:]{{0,30}}(?:obligatoire|imposé|exigé|demandé)"
        rf"|(?:obligation|imposé|exigé)[^.;:]{{0,30}}(?:recours|recourir)[^.;:]{{0,40}}{_WHO}"
        rf"|(?:sous-traitance|cotraitance|mise à disposition|embauche)[^.;:]{{0,60}}(?:est|sera|sont) (?:imposée|obligatoire|exigée)"
        rf"|{_MUST}[^.;:]{{0,40}}salariée?s? (?:de|d['’]une?)\b[^.;:]{{0,30}}{_WHO}",
        _NO_STRUCTURE,
        unless=_OWN_CHOICE,
    ),
    _imposed(
        rf"que si (?:elles?|ils?) (?:sont|est) [^.;:]{{0,40}}{_WHO}",
        _NO_ONLY,
        unless=r"facilitat",
        is_denial=True,
    ),
    _imposed(
        rf"(?:{_MUST}|\bse(?:ra|ront) |\bsont )[^.;:]{{0,60}}(?:embauch|recrut|sign|conclu|pérennis|salarié|employ|"
        rf"contrat)[^.;:]{{0,50}}{_CDI}"
        rf"|\b(?:embauche|recrute|signe|propose|pérennise)(?:ra|ront|nt)?[^.;:]{{0,50}}{_CDI}"
        rf"|{_MUST} (?:obligatoirement )?(?:proposer|prévoir|offrir|garantir)[^.;:]{{0,30}}{_CDI}"
        rf"|{_CDI}[^.;:]{{0,20}}(?:devra|devront|doit|doivent|sera|seront) (?:être )?(?:propos|sign|conclu|offert|établi)"
        rf"|{_CDI}[^.;:]{{0,20}}(?:est |sont )?(?:obligatoires?|exigée?s?|imposée?s?)",
        _NO_CDI,
        unless=_ALTERNATIVE,
    ),
    _imposed(
        r"(?:embauches? directes?|intérim|sous-traitance|mises? à disposition|cotraitance|alternance)[^.;:]{0,40}"
        r"(?:ne (?:sont|sera|seront)|n['’]est|ne comptent?|(?:est|sont|seront|sera) (?:interdite?s?|exclue?s?))(?: pas)?"
        r" ?(?:pas |)(?:admis|accept|autoris|compt|retenu|possible|)"
        r"|ne (?:peut|peuvent|pourra|pourront) (?:pas |en aucun cas )?(?:embaucher|recruter) (?:directement|(?:lui|elle)-même)"
        rf"|ne (?:peut|peuvent|pourra|pourront|doit|devra) (?:pas |en aucun cas )?(?:recourir|passer par|faire appel|"
        rf"sous-traiter)[^.;:]{{0,40}}{_WHO}",
        _NO_BAN,
        unless=r"obligatoire|imposé|exigé|demandé|tenu|comptée?s? deux fois|éligib|agrément|déclar|\bsi\b",
        is_denial=True,
    ),
    _imposed(
        r"(?:embauch|recrut|salari|engag|reprend|reprise|maint(?:ien|enir))\w*[^.;:]{0,40}\b(?:m\.|mme|monsieur|madame) ",
        _NO_NAME,
        unless=r"auprès|contact|facilitat|interlocut|correspond|tut(?:eur|rice)|par (?:m\.|mme)",
    ),
)
