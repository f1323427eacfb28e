"""Pages of the texts: ours, and those organisations keep of their own."""
