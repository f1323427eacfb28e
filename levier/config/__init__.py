"""Settings, root addresses and start-up."""
