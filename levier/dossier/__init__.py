"""The main job: one need in, a whole dossier out."""
