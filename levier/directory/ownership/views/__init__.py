"""Pages under /mon-offre: asking for a sheet, keeping it, confirming it from a mail; pictures of sheets."""
