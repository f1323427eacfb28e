"""The one directory of inclusive suppliers."""
