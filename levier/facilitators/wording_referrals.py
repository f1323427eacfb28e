"""The mails of a request to a facilitator: what is expected, of whom, until when."""

from levier.core.typography import day
from levier.facilitators.models import ReferralMove, ReferralRequest, ReferralStage
from levier.facilitators.wording import Letter, address


def _page(request: ReferralRequest) -> str:
    return address("request", request.pk)


def _subject(request: ReferralRequest) -> str:
    return f"{request.subject_label}, {request.place_label}"


def _need(request: ReferralRequest) -> str:
    lines = [f"- {line['label']} : {line['value']}" for line in request.need]
    message = [f"« {request.message.strip()} »"] if request.message.strip() else []
    return "\n\n".join(["\n".join(lines), *message] if lines else message)


def _how(request: ReferralRequest) -> str:
    """How to answer: on the site for those who have an account, else directly to the buyer."""
    asked_by = f" ({request.asked_by.email})" if request.asked_by else ""
    if (
        request.structure is not None
        and request.structure.organisation_id is None
        and request.animator is None
    ):
        return (
            f"Répondez directement à l’acheteur{asked_by}. Pour répondre ici et tenir vos demandes, dites « C’est ma "
            f"structure » :\n{address('claim', request.structure.slug)}"
        )
    return (
        f"Acceptez, posez une question ou déclinez ici :\n{_page(request)}\nContact de l’acheteur{asked_by}."
    )


def _holder(request: ReferralRequest) -> str:
    """« Animation régionale, Réseau du Val »: the step, and whose it is."""
    step = str(request.get_stage_display())
    return step if request.stage == ReferralStage.STAFF else f"{step}, {request.holder_name}"


def asked(request: ReferralRequest) -> Letter:
    """For whoever is in charge."""
    return Letter(
        f"Demande de {request.buyer.name} : {request.subject_label}",
        f"""Bonjour,

{request.buyer.name} demande votre appui pour « {_subject(request)} ».
Pourquoi vous : {request.reason}

{_need(request)}

Une première réponse est attendue jusqu’au {day(request.due_on)} inclus. Sans réponse, la demande passe au remplaçant de
votre structure, puis à l’animation régionale ; jamais à une structure voisine.

{_how(request)}
""",
    )


def passed_on(request: ReferralRequest) -> Letter:
    """For the next holder."""
    # The structure's own address reads this too: the backup is named, never said to be the reader.
    backup = f" : {request.person.full_name}" if request.person else ""
    why = {
        ReferralStage.BACKUP.value: f"Le facilitateur en charge n’a pas répondu dans le délai. La demande passe à son remplaçant{backup}.",
        ReferralStage.REGION.value: "La structure en charge n’a pas donné suite : la demande vient à l’animation régionale.",
        ReferralStage.COUNTRY.value: "Personne n’a donné suite dans la région : la demande vient à l’animation nationale.",
        ReferralStage.STAFF.value: "Ni la structure ni l’animation du territoire n’a donné suite : la demande vient à l’équipe du site.",
    }.get(request.stage, "")
    return Letter(
        f"À reprendre, demande de {request.buyer.name} : {request.subject_label}",
        f"""Bonjour,

{why}

« {_subject(request)} », demandé le {day(request.asked_on)} par {request.buyer.name}.

{_need(request)}

Une réponse est attendue jusqu’au {day(request.due_on)} inclus.

{_how(request)}
""",
    )


def taken_away(request: ReferralRequest) -> Letter:
    """For who stayed silent."""
    return Letter(
        f"Délai dépassé : {request.subject_label}",
        f"""Bonjour,

La demande de {request.buyer.name}, « {_subject(request)} », n’a pas eu de réponse dans le délai. Elle est maintenant chez :
{_holder(request)}.

Votre structure peut encore y répondre tant qu’elle est ouverte :
{_page(request)}
""",
    )


def moved(request: ReferralRequest) -> Letter:
    """For the buyer."""
    return Letter(
        f"Votre demande change de mains : {request.subject_label}",
        f"""Bonjour,

Votre demande « {_subject(request)} » n’a pas eu de réponse dans le délai. Elle passe à : {_holder(request)}.
Une réponse est attendue jusqu’au {day(request.due_on)} inclus. Vous n’avez rien à faire.

{_page(request)}
""",
    )


def answered(request: ReferralRequest, move: ReferralMove, who: str, text: str) -> Letter:
    """For the buyer: taken in hand, a question, or declined."""
    heads = {
        ReferralMove.ACCEPTED: ("Votre demande est prise en charge", f"{who} prend en charge votre demande"),
        ReferralMove.DECLINED: (
            "Votre demande est déclinée",
            f"{who} ne peut pas prendre en charge votre demande",
        ),
        ReferralMove.QUESTION: ("Une question sur votre demande", f"{who} a une question sur votre demande"),
    }
    subject, sentence = heads[move]
    follow = {
        ReferralMove.ACCEPTED: "La suite se passe entre vous.",
        ReferralMove.DECLINED: "Vous pouvez la transmettre à l’animation régionale :",
        ReferralMove.QUESTION: "Le délai est arrêté jusqu’à votre réponse :",
    }[move]
    return Letter(
        f"{subject} : {request.subject_label}",
        f"""Bonjour,

{sentence} « {_subject(request)} ».

{text.strip()}

{follow}
{_page(request)}
""",
    )


def replied(request: ReferralRequest, text: str) -> Letter:
    """For the holder: the buyer answered its question."""
    return Letter(
        f"Réponse de {request.buyer.name} : {request.subject_label}",
        f"""Bonjour,

{request.buyer.name} répond à votre question sur « {_subject(request)} » :

{text.strip()}

Le délai reprend : votre réponse est attendue jusqu’au {day(request.due_on)} inclus.
{_page(request)}
""",
    )


def withdrawn(request: ReferralRequest) -> Letter:
    """For the holder: nothing to do any more."""
    return Letter(
        f"Demande retirée : {request.subject_label}",
        f"""Bonjour,

{request.buyer.name} a retiré sa demande « {_subject(request)} ». Vous n’avez plus rien à faire.
""",
    )
