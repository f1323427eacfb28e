"""The process of `levier demo clear` that may delete fictitious contracts: connected as the owner of the tables."""

import os


def forget() -> None:
    """Delete the demonstration's contracts with their lines of the ledger."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
    import django

    django.setup()
    from levier.core.audit import Actor
    from levier.execution.demo import forget_demo_contracts

    forget_demo_contracts(by=Actor.machine("installation"))


if __name__ == "__main__":
    forget()
