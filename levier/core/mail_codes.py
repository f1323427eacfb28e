"""The short codes we send by mail to prove an address: drawn, shown in two halves, kept as a keyed hash."""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

# No letter or digit that is taken for another one.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 8


def draw() -> str:
    """A new code, without its dash."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def shown(code: str) -> str:
    """As a mail writes it: « ABCD-EFGH »."""
    return f"{code[:4]}-{code[4:]}"


def hash_of(code: str, *, salt: str, key: int) -> str:
    """Keyed: eight letters alone could be guessed from a plain hash. `key`: what the code opens."""
    return salted_hmac(salt, f"{key}:{code}", algorithm="sha256").hexdigest()


def is_code(typed: str, kept: str, *, salt: str, key: int) -> bool:
    """Whether what somebody typed, in any case and with any dash, is the code behind this hash."""
    plain = "".join(char for char in typed.upper() if char.isalnum())[:20]
    return bool(kept) and constant_time_compare(hash_of(plain, salt=salt, key=key), kept)
