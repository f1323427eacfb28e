"""Owns the wordings that judges or practice have set aside, each with what to write instead."""

from levier.clauses.set_aside.means import IMPOSED_MEANS
from levier.clauses.set_aside.people import PERSONAL_DATA, WRONG_JUDGE
from levier.clauses.set_aside.places import LOCAL_COMPANIES, LOCAL_PEOPLE
from levier.clauses.set_aside.policies import GENERAL_POLICY
from levier.clauses.set_aside.wording import Wording

__all__ = [
    "GENERAL_POLICY", "IMPOSED_MEANS", "LOCAL_COMPANIES", "LOCAL_PEOPLE", "PERSONAL_DATA", "WRONG_JUDGE", "Wording",
]  # fmt: skip
