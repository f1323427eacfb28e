"""Official files that replace or complete the packaged tables, one module per source."""
