"""The law and the arithmetic as code: pure Python and dated YAML, usable alone as a library."""
