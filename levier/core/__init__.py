"""The technical kernel: no business noun lives here."""
