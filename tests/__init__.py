"""The test suite; `python -m tests` runs the checks, then every test."""
