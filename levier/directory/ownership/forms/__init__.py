"""Forms of the owner's page and of claims; each field speaks French and keeps what was typed."""
