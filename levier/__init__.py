"""Levier: the open platform for French socially responsible purchasing."""
