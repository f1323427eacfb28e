"""Contracts with a clause: what is owed, what is done, in a ledger that only grows."""
