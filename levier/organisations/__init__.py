"""Legal identity by SIREN and SIRET: the one table every other room points to."""
