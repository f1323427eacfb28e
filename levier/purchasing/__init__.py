"""Needs and open contract data."""
