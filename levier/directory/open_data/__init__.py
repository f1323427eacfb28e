"""The whole public directory as files anybody may take: CSV, JSON Lines, Parquet, data.inclusion."""
