"""Régions of before 2016, which people still name: several départements, and no place of the tables."""

# Folded name → name as written, codes of its départements.
OLD_REGIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "alsace": ("Alsace", ("67", "68")),
    "aquitaine": ("Aquitaine", ("24", "33", "40", "47", "64")),
    "auvergne": ("Auvergne", ("03", "15", "43", "63")),
    "basse normandie": ("Basse-Normandie", ("14", "50", "61")),
    "bourgogne": ("Bourgogne", ("21", "58", "71", "89")),
    "champagne ardenne": ("Champagne-Ardenne", ("08", "10", "51", "52")),
    "franche comte": ("Franche-Comté", ("25", "39", "70", "90")),
    "haute normandie": ("Haute-Normandie", ("27", "76")),
    "languedoc roussillon": ("Languedoc-Roussillon", ("11", "30", "34", "48", "66")),
    "limousin": ("Limousin", ("19", "23", "87")),
    "lorraine": ("Lorraine", ("54", "55", "57", "88")),
    "midi pyrenees": ("Midi-Pyrénées", ("09", "12", "31", "32", "46", "65", "81", "82")),
    "nord pas de calais": ("Nord-Pas-de-Calais", ("59", "62")),
    "picardie": ("Picardie", ("02", "60", "80")),
    "poitou charentes": ("Poitou-Charentes", ("16", "17", "79", "86")),
    "rhone alpes": ("Rhône-Alpes", ("01", "07", "26", "38", "42", "69", "73", "74")),
}
