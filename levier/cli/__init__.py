"""The levier command; it holds no rule."""


def main() -> None:
    """Entry point of the ``levier`` command."""
    from levier.cli.root import root

    root(prog_name="levier")


__all__ = ["main"]
