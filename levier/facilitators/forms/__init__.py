"""Forms of the network of facilitators."""
