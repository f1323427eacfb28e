"""Clause drafting."""
