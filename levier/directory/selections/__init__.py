"""Lists of suppliers shared in a team, and saved searches with their alerts."""
