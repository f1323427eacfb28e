"""The offer of insertion of a lot: posts, structures, prescribers, training routes."""
