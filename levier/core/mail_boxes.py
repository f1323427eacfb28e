"""Addresses of ours that receive: « box+12-3f…@ », signed, so that nobody can write to the one of somebody else by counting."""

import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

_TOKEN_LENGTH = 24


@dataclass(frozen=True, slots=True)
class SignedBox:
    """A box before the « + », and the salt that signs the number behind it."""

    name: str
    salt: str

    def address_of(self, key: int) -> str:
        """The address of an object of this installation; empty when it receives no mail."""
        domain = settings.RECEIVING_DOMAIN
        return f"{self.name}+{key}-{self._token(key)}@{domain}" if domain else ""

    def key_in(self, address: str) -> int | None:
        """The object behind an address that we signed; None for any other one."""
        shape = rf"{self.name}\+(\d{{1,18}})-([0-9a-f]{{{_TOKEN_LENGTH}}})@(.+)"
        found = re.fullmatch(shape, address.strip().lower())
        if found is None or not hmac.compare_digest(found[2], self._token(int(found[1]))):
            return None
        return int(found[1])

    def _token(self, key: int) -> str:
        return salted_hmac(self.salt, str(key), algorithm="sha256").hexdigest()[:_TOKEN_LENGTH]
