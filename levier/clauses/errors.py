"""What the clauses refuse; every message is one French sentence."""


class StudyRefusedError(ValueError):
    """A study, a proposal or a decision that cannot be kept as given."""
