"""Tags of the pages that join rooms."""
