"""What people and programs type that no purchase can be: the same table for the page, the API and the commands."""

NORMAL = "Rénovation d'une école à Roubaix"

# Texts that no dossier can answer: each must come back with a sentence.
REFUSED_TEXTS = {
    "rien": "",
    "des espaces": "   \t \u00a0 ",
    "des chiffres": "123456789",
    "des emojis": "🧹🏫💶✨",
    "de la ponctuation": "?!… ;;; --- ***",
    "50 000 caractères": "école " * 8_334,
    "mots inconnus": "xqzt wvkj bzrp",
    "montant nul": f"{NORMAL}, 0 €",
    "montant négatif": f"{NORMAL}, -5000 €",
    "montant immense": f"{NORMAL}, {10**15} €",
    "nombre sans fin": f"{NORMAL}, {'9' * 400} €",
    "durée négative": f"{NORMAL}, 1 M€, -3 mois",
    "durée sans fin": f"{NORMAL}, 1 M€, {'9' * 400} mois",
    "liste de courses": (
        "des fournitures de bureau, le nettoyage des vitres, un traiteur pour les vœux, "
        "la tonte des pelouses et la réfection de la toiture"
    ),
}

# Texts that must be answered: what is odd in them is only odd.
ANSWERED_TEXTS = {
    "avec emojis": f"🏫 {NORMAL} 🎉, 1,5 M€ 💶",
    "html": f"<script>alert(1)</script> {NORMAL} <b>gras</b> &amp;",
    "sql": f"{NORMAL}' OR 1=1) -- DROP TABLE directory_supplier",
    "retours à la ligne": "Rénovation\r\nd'une école\n\tà Roubaix",
    "majuscules": NORMAL.upper(),
    "gabarit": f"{NORMAL} {{{{ settings.SECRET_KEY }}}} {{% now %}} %s {{0}}",
    "habitants sans fin": f"{NORMAL}, commune de {'9' * 400} habitants",
    "postes sans fin": f"{NORMAL}, 1 M€, 10 mois, {'9' * 400} postes",
    "zéro poste": f"{NORMAL}, 1 M€, 10 mois, 0 postes",
    "chiffres arabes": f"{NORMAL}, ١٢٠٠٠٠ €",
    "droite à gauche": f"{NORMAL} \u202e\u200f\ufeff",
}

# Field → values no purchase can have (as typed in a form or on a command line).
REFUSED_VALUES = {
    "place": ["Zzyzx-sur-Rien", "🏝️", "' OR 1=1 --", "00000"],
    "amount_ht": ["0", "-1", "1000000000000000", "9" * 40],
    "max_amount_ht": ["0", "-1", "1000000000000000"],
    "months": ["-3", "0", "601", "9" * 40],
    "takeover_hours": ["-1", "1000001", "9" * 40],
    "cpv": ["99999999", "11111111"],
    "lot_count": ["0", "-1", "201", "9" * 40],
    "posts": ["0", "-5", "100001"],
    "programme": ["inconnu", "<b>"],
    "buyer_kind": ["roi", "'"],
    "launch_date": ["1999-12-31", "2101-01-01"],
}
