"""One source of suppliers: its definition, its mapping and a sample."""
