"""Users, memberships and roles."""
