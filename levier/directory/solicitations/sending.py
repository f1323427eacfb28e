"""The one door of the mails that nobody asked for: refusals are asked, and the way out goes with the letter.

`tests/architecture/test_mail_senders.py` lists who sends mail: what solicits a supplier may only pass here.
"""

from levier.core import mail, mail_returns
from levier.directory.models import SolicitationRefusal
from levier.directory.solicitations import links
from levier.directory.solicitations.queries import refuses, refusing_needs

Topic = SolicitationRefusal.Topic


def solicit(
    *,
    to: str,
    topic: SolicitationRefusal.Topic,
    subject: str,
    body: str,
    key: str = "",
    supplier_id: int | None = None,
    network_id: int | None = None,
    is_answer: bool = False,
) -> bool:
    """Queue one letter with its way out, in the caller's transaction; False when it is refused or its address is dead: nothing leaves.

    ``network_id``: the network (its organisation) that writes. ``is_answer``: it answers what the supplier wrote
    itself, which a refusal does not stop. ``key`` as in ``mail.send``.
    """
    if not is_answer and (_is_refused(to, topic, supplier_id, network_id) or mail_returns.is_given_up(to)):
        return False
    stop = links.address_of(to=to, topic=topic, supplier_id=supplier_id, network_id=network_id)
    mail.send(to=to, subject=subject, body=body + links.foot(stop), key=key, unsubscribe=stop)
    return True


def _is_refused(
    to: str, topic: SolicitationRefusal.Topic, supplier_id: int | None, network_id: int | None
) -> bool:
    if topic == Topic.NEEDS and supplier_id is not None:
        return bool(refusing_needs({supplier_id: to}))
    return refuses(to, topic, network_id)
