"""For whoever is named référent: a self-check of the key factors, a job description, a calendar of exchanges."""
