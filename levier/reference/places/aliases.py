"""Usual names of places that no table holds."""

# Folded usual name → kind and code of the place.
ALIASES = {
    "mel": ("epci", "200093201"),
    "mgp": ("epci", "200054781"),
    "grand lyon": ("epci", "200046977"),
    "grand paris sud": ("epci", "200059228"),
    "paca": ("region", "93"),
    "idf": ("region", "11"),
    "aura": ("region", "84"),
    "hdf": ("region", "32"),
    "sud": ("region", "93"),
    "region sud": ("region", "93"),
    "saint denis de la reunion": ("commune", "97411"),
    "saint pierre de la reunion": ("commune", "97416"),
    "saint paul de la reunion": ("commune", "97415"),
    # The business district lies on three communes; most of its floors are at Puteaux.
    "la defense": ("commune", "92062"),
    "carhaix": ("commune", "29024"),
    "cherbourg": ("commune", "50129"),
    "evry": ("commune", "91228"),
    "hellemmes": ("commune", "59350"),
    # Territories of Greater Paris, which the table of EPCI does not hold: where their seat is.
    "plaine commune": ("commune", "93066"),
    "est ensemble": ("commune", "93063"),
    "saint pierre et miquelon": ("departement", "975"),
    "france entiere": ("pays", "FR"),
    "toute la france": ("pays", "FR"),
    "territoire national": ("pays", "FR"),
    "national": ("pays", "FR"),
}

# Those that stand for a place in a sentence when written so; « mel » or « sud » there are other words.
WRITTEN_ALIASES = frozenset({"PACA", "IDF", "MEL", "Carhaix", "Cherbourg", "Évry", "Evry", "Hellemmes"})
