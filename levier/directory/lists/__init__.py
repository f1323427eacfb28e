"""Lists of suppliers in anybody's columns: propose the correspondence, try it, publish it."""
