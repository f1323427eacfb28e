"""Which pairs are worth weighing: suppliers of one kind that share a number, a contact, or a word in one town."""

import zlib
from collections.abc import Iterator

import numpy as np

from levier.directory.resolution.naming import phone_digits, site_domain, skeleton
from levier.directory.resolution.scoring import Facts, Positions, Table

# A word that more suppliers of a town share names none of them; their other words find them.
LARGEST_BLOCK = 60
# A legal unit has as many establishments as it likes: these pairs are all looked at, within reason.
LARGEST_LEGAL_UNIT = 400
# A pair of positions, or a block and a position, travels as one whole number: sorting them is then cheap.
_HALF = 32


def candidate_pairs(table: Table) -> tuple[Positions, Positions]:
    """Positions of the pairs to weigh, each once, left < right. Grows with the suppliers, not with their square."""
    units = _pairs(_blocks(table, numbers=True), LARGEST_LEGAL_UNIT)
    words = _pairs(_blocks(table, numbers=False), LARGEST_BLOCK)
    found = np.unique(np.concatenate([units, words]))
    return found >> _HALF, found & (1 << _HALF) - 1


def _keys(table: Table, position: int, facts: Facts, *, numbers: bool) -> Iterator[str]:
    if numbers:
        if facts.siren:
            yield facts.siren
        return
    # Elsewhere, only the very same name may be the same supplier without a number nor a contact in common.
    town = facts.commune or facts.departement
    for words in (table.names[position], table.brands[position]):
        for word in words.tokens:
            yield f"{town} {word}"
            yield f"{town} ~{skeleton(word)}"
        if words.core:
            yield f"{facts.departement} {words.core}"
        if words.initials:
            yield f"{town} {words.initials}"
    contacts = (phone_digits(facts.phone), facts.email.strip().lower(), site_domain(facts.website))
    yield from (contact for contact in contacts if contact)


def _blocks(table: Table, *, numbers: bool) -> Positions:
    """One number per key of each supplier: the block (drawn from the key), then the position."""
    rows = [
        zlib.crc32(f"{facts.kind} {key}".encode()) << _HALF | position
        for position, facts in enumerate(table.facts)
        for key in _keys(table, position, facts, numbers=numbers)
    ]
    # Unsigned while sorted: a block may take all its 32 bits.
    return np.unique(np.array(rows, dtype=np.uint64))


def _pairs(rows: np.ndarray, largest: int) -> Positions:
    """Every pair of each block of at most ``largest`` suppliers, one block size at a time."""
    _, starts, sizes = np.unique(rows >> np.uint64(_HALF), return_index=True, return_counts=True)
    positions = (rows & np.uint64((1 << _HALF) - 1)).astype(np.int64)
    found = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= largest)]):
        members = positions[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, k=1)
        found.append(np.unique(members[:, one] << _HALF | members[:, other]))
    return np.unique(np.concatenate(found))
