"""Migrations that stay quick: Django rebuilds every related model after each operation on a model that exists."""

import importlib

from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration

from tests.environment import REPOSITORY

FILES = sorted(REPOSITORY.glob("levier/*/migrations/0*.py"))


def apart_without_need(migration: Migration) -> list[str]:
    """Constraints and indexes added to a model this migration creates, though all of its fields are there from the start."""
    created, completed, apart = set(), set(), []
    for operation in migration.operations:
        if isinstance(operation, CreateModel):
            created.add(operation.name_lower)
        elif isinstance(operation, AddField):
            completed.add(operation.model_name_lower)
        elif isinstance(operation, AddConstraint | AddIndex):
            is_new = operation.model_name_lower in created - completed
            apart += [operation.describe()] if is_new else []
    return apart


def test_a_new_model_carries_its_constraints_and_indexes() -> None:
    """They stand in the options of its CreateModel, which makes the first start of an installation half as long."""
    apart = {}
    for path in FILES:
        module = importlib.import_module(".".join(path.relative_to(REPOSITORY).with_suffix("").parts))
        apart[f"{path.parts[-3]}/{path.name}"] = apart_without_need(module.Migration)
    assert len(apart) > 30
    assert not {name: found for name, found in apart.items() if found}
