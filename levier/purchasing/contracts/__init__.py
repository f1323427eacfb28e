"""Open contract data: reading the published formats, cleaning the values, naming what is strange."""
