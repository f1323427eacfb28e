"""The side of the person: its privacy notice, its card, what it says of its hours, what it asks, what it sends."""
