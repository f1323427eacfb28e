"""The same supplier known under two keys: candidate pairs, their score, decisions, review."""
