"""Tests of the face: theme, components, public pages."""
