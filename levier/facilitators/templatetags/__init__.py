"""What the menus of the site ask of this room."""
