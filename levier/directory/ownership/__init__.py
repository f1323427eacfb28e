"""The supplier's own sheet: who manages it, what it says of itself, how fresh that is, its free teams."""
