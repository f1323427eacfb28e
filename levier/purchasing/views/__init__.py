"""Pages of the marketplace: the buyer's, the supplier's, the staff's, and the public opportunities."""
