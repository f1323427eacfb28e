"""Hours, people and contracts that come from files, from the API, from a mail."""
