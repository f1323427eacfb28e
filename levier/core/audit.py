"""One audit event per business write."""

from dataclasses import dataclass
from typing import Any

from levier.core.models import AuditEvent


@dataclass(frozen=True)
class Actor:
    """Who acts: an account (id and label) or a machine (label only)."""

    label: str
    account_id: int | None = None

    @classmethod
    def machine(cls, label: str) -> "Actor":
        """The command line, an import, a scheduled task."""
        return cls(label=label)


def record(
    *,
    by: Actor,
    verb: str,
    object_type: str = "",
    object_key: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one event, in the caller's transaction. ``details`` holds counts and field names, never values."""
    return AuditEvent.objects.create(
        actor_id=by.account_id,
        actor_label=by.label[:120],
        verb=verb,
        object_type=object_type,
        object_key=object_key[:120],
        details=details or {},
    )
