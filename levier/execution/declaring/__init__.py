"""Declared hours: typed by month, checked against the rules, decided line by line, posted in the ledger."""
