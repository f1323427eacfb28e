"""Owns the words of a contract that is not split into lots: a text that says « lot » of a whole contract is rewritten by every lawyer."""

# On the templates, before their fields are filled: a buyer's own words are never touched. In this order.
_WORDS = (
    (" Lot concerné : {lot}, du marché « {object} ».", " Marché : « {object} »."),
    (" Lot concerné : {lot}.", ""),
    ("Lot concerné : {lot}. Ce", "Ce"),
    ("Elle concerne : {lot}.", "Elle porte sur l’ensemble du marché."),
    ("« {object} », {lot}", "« {object} »"),
    ("Lot réservé : {lot}, du marché « {object} ». Ce lot", "Marché réservé : « {object} ». Ce marché"),
    (
        "Nous publions une consultation dont un lot vous est ouvert : {lot}. Il est",
        "Nous publions une consultation qui vous est ouverte. Le marché est",
    ),
    (" Les lots qui ne sont pas réservés restent ouverts à toutes les entreprises.", ""),
    ("des heures du lot concerné ({lot})", "des heures du marché"),
    ("Lot ou lots qui portent la condition | {lot} |", "Ce qui porte la condition | l’ensemble du marché |"),
    (" du besoin entier, tous lots compris", " du besoin entier"),
    ("Base légale et lot concerné", "Base légale et portée"),
    ("| Lot |", "| Marché |"),
    ("| {lot} |", "| {object} |"),
    ("Lot réservé", "Marché réservé"),
    ("Ce lot", "Ce marché"),
    *((f"{before} lot", f"{before} marché") for before in ("ce", "du", "le", "un", "d’un")),
    (", lot réservé", ", marché réservé"),
    (": lot réservé", ": marché réservé"),
)  # fmt: skip


def unsplit(text: str) -> str:
    """The template with « marché » where it says « lot », its sentences on the other lots left out."""
    for words, instead in _WORDS:
        text = text.replace(words, instead)
    return text
