"""The embedded PostgreSQL server: started when no DATABASE_URL is given, shared by every local command."""

from levier.core.postgres.places import ServerPlaces
from levier.core.postgres.server import EmbeddedServer, ServerError

__all__ = ["EmbeddedServer", "ServerError", "ServerPlaces"]
