"""Outgoing mail: written in the business transaction, sent once by the worker."""

from levier.core.mail.outbox import send

__all__ = ["send"]
