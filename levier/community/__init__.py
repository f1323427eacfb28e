"""What a territory or a network says in its own name: its portal and its events."""
