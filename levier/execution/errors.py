"""What the execution room refuses, with the sentence a person reads."""


class RefusedError(ValueError):
    """The act is impossible as asked; the message is one French sentence that says why and what to do."""
