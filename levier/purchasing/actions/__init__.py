"""Writes of the purchasing room: contracts, purchases and lots, needs from draft to outcome, answers, alerts."""

from levier.purchasing.actions.alerts import (
    ask_for_alert,
    forget_contacts,
    forget_unused_documents,
    send_weekly_alerts,
    stop_alert,
)
from levier.purchasing.actions.answers import SupplierAnswer, answer_need, mark_seen, receive_need
from levier.purchasing.actions.buyers import unverify_buyer, verify_buyer
from levier.purchasing.actions.contracts import (
    UnreadableFileError,
    import_contracts,
    push_activity_evidence,
    train_cpv_model,
)
from levier.purchasing.actions.lots import add_lot, change_lot, remove_lot, restore_lot, shift_lot
from levier.purchasing.actions.needs import (
    NeedValues,
    accept_need,
    attach,
    change_list,
    delete_draft,
    detach,
    refuse_need,
    save_need,
    submit_need,
    take_coming,
)
from levier.purchasing.actions.notices import forget_notice_contacts, import_notices
from levier.purchasing.actions.purchase_contacts import Person, set_contacts
from levier.purchasing.actions.purchases import (
    LotValues,
    PlaceValues,
    PurchaseValues,
    change_purchase,
    leave_word,
    missing,
    move_purchase,
    open_purchase,
)
from levier.purchasing.actions.sending import (
    close_need,
    extend_deadline,
    remind,
    revoke_links,
    withdraw_need,
)

__all__ = [
    "LotValues",
    "NeedValues",
    "Person",
    "PlaceValues",
    "PurchaseValues",
    "SupplierAnswer",
    "UnreadableFileError",
    "accept_need",
    "add_lot",
    "answer_need",
    "ask_for_alert",
    "attach",
    "change_list",
    "change_lot",
    "change_purchase",
    "close_need",
    "delete_draft",
    "detach",
    "extend_deadline",
    "forget_contacts",
    "forget_notice_contacts",
    "forget_unused_documents",
    "import_contracts",
    "import_notices",
    "leave_word",
    "mark_seen",
    "missing",
    "move_purchase",
    "open_purchase",
    "push_activity_evidence",
    "receive_need",
    "refuse_need",
    "remind",
    "remove_lot",
    "restore_lot",
    "revoke_links",
    "save_need",
    "send_weekly_alerts",
    "set_contacts",
    "shift_lot",
    "stop_alert",
    "submit_need",
    "take_coming",
    "train_cpv_model",
    "unverify_buyer",
    "verify_buyer",
    "withdraw_need",
]
