"""Reads of the room: balances, one contract with its ledger, the export."""
