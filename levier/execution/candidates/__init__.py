"""Posts of a contract and the people proposed for them: a clock on each stage, a named backup, what is never told."""
