"""Territories, nomenclatures and purchase sectors that every other room points to."""
