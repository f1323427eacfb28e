"""What stops the reading of a source's file."""


class UnreadableFileError(ValueError):
    """The file cannot be imported at all; the message is one French sentence: what, where, what to do."""
