"""The public HTTP API; it holds no rule."""
