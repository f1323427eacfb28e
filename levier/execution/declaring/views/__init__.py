"""Pages of declared hours."""
