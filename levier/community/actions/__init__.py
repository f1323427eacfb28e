"""Every write of the room: portals and their life, texts, events, the demonstration."""

from levier.community.actions.demo import clear_demo, load_demo
from levier.community.actions.events import EventValues, cancel_event, delete_event, save_event
from levier.community.actions.life import (
    open_portal,
    publish_portal,
    refuse_portal,
    reinstate_portal,
    suspend_portal,
    withdraw_portal,
)
from levier.community.actions.portals import (
    Holding,
    PortalValues,
    ask_portal,
    remove_image,
    save_image,
    save_portal,
)
from levier.community.actions.texts import restore_text, save_text

__all__ = [
    "EventValues",
    "Holding",
    "PortalValues",
    "ask_portal",
    "cancel_event",
    "clear_demo",
    "delete_event",
    "load_demo",
    "open_portal",
    "publish_portal",
    "refuse_portal",
    "reinstate_portal",
    "remove_image",
    "restore_text",
    "save_event",
    "save_image",
    "save_portal",
    "save_text",
    "suspend_portal",
    "withdraw_portal",
]
