"""What is kept of an address that refused: a keyed hash, enough to recognise it and useless to write to it."""

from django.utils.crypto import salted_hmac

# The migration of the older refusals, and the links of the mails they came from, hold hashes made with this salt.
SALT = "levier.directory.invitation"


def address_hash(address: str) -> str:
    """The hash of an address, whatever its capitals; empty for none. Keyed by the secret key: keep that key."""
    text = address.strip().lower()
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest() if text else ""
