"""Measurements: each module prints a table and is never part of the tests."""
