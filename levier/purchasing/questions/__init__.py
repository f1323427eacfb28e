"""Equal questions and answers on the insertion clause of a published consultation."""
