"""SIREN and SIRET: cleaning and checking, with La Poste's exception."""

import re

LA_POSTE = "356000000"
# The value of a digit; twice it, its own digits added up: 7 → 14 → 5.
_VALUE = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_NOT_A_DIGIT = re.compile(r"\D")


def clean_digits(text: object) -> str:
    """Digits only, from « 775 544 083 00477 », « ="775…" » or a number."""
    return _NOT_A_DIGIT.sub("", "" if text is None else str(text))


def luhn_sum(digits: str) -> int:
    """Luhn's sum of the digits 0 to 9: a valid number gives a multiple of ten. An import asks it for each line."""
    text = digits.encode()
    return sum(text[::-2].translate(_VALUE)) + sum(text[-2::-2].translate(_DOUBLED))


def _are_digits(text: str) -> bool:
    """Digits 0 to 9, and none of the other digits that Unicode has."""
    return text.isascii() and text.isdigit()


def is_valid_siren(siren: str) -> bool:
    """Nine digits with a correct key."""
    return len(siren) == 9 and _are_digits(siren) and siren != "0" * 9 and luhn_sum(siren) % 10 == 0


def is_valid_siret(siret: str) -> bool:
    """Fourteen digits with a correct key; La Poste's establishments follow a rule of their own (sum of digits)."""
    if len(siret) != 14 or not _are_digits(siret) or siret == "0" * 14:
        return False
    if luhn_sum(siret) % 10 == 0:
        return True
    return siret.startswith(LA_POSTE) and sum(int(digit) for digit in siret) % 5 == 0


def siren_of(siret: str) -> str:
    """The legal unit of an establishment."""
    return siret[:9]
