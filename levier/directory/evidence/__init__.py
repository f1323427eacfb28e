"""Contracts won, as the purchasing room pushes them: facts from which activities are deduced."""
