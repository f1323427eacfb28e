"""Structures that help put social clauses in place, and where they act."""
