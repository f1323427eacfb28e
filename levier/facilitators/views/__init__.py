"""Pages of the network of facilitators."""
