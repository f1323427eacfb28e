"""Pages of the editors and of the staff."""
