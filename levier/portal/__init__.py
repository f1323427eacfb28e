"""Pages that join several rooms; it holds no rule."""
