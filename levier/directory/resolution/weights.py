"""Every weight of the resolution, in one place: points for and against « these two are one supplier ».

A point is one bit: +1 doubles the odds, -1 halves them (Fellegi and Sunter's model, with weights set by hand
and checked by `python -m benchmarks.merging`). The score is the probability: 1 / (1 + 2^-points).
"""

# Two suppliers of one block (same kind, and a number, a name or a contact in common) before any comparison.
PRIOR = -4.0

# Verdicts. From SAME up a rule may merge; between the two a person decides; below DOUBTFUL nothing is kept.
SAME = 0.97
DOUBTFUL = 0.5
# A pair one decided on comes back when its evidence grew by this many points: one more contact, one number.
MATERIAL_CHANGE = 2.5

SIREN_EQUAL, SIREN_DIFFERS = 6.0, -8.0
# Beside an equal SIREN, a new SIRET is a move as often as another place: the town tells them apart.
SIRET_EQUAL, SIRET_DIFFERS, SIRET_AND_TOWN_DIFFER = 4.0, -1.0, -4.0

# Similarity of the words that name (0 to 100) → points, straight lines between.
NAME_CURVE = ((0.0, -6.0), (50.0, -6.0), (70.0, -3.0), (85.0, 2.0), (100.0, 6.0))
INITIALS_SIMILARITY = 88.0
# All the words of one name stand in the other (« GEIQ 3M », « GEIQ 3M multisectoriel »): at least this share of 100.
CONTAINED_SHARE = 0.82
# A brand is often an acronym that others bear: equal, it says no more than this.
MOST_FOR_BRANDS = 90.0
# A name made of the kind and the town (« ESAT de Dijon ») says little when it is equal.
BLAND_NAME_FACTOR = 0.5
NUMBERS_DIFFER, NUMBER_ON_ONE_SIDE = -5.0, -1.5
# « Antenne », « annexe », « site 2 » on one side only: a place of its own beside its head office.
BRANCH_ON_ONE_SIDE = -4.0

COMMUNE_EQUAL, DEPARTEMENT_DIFFERS = 3.0, -7.0
# Two towns of one département: kilometres between → points. Addresses written by two lists often name neighbours.
TOWNS_CURVE = ((0.0, -1.5), (5.0, -1.5), (15.0, -4.0))
STREET_EQUAL, STREET_DIFFERS = 2.0, -1.0
# Kilometres between two points known to the address, in one town → points, straight lines between.
DISTANCE_CURVE = ((0.0, 1.0), (0.2, 1.0), (2.0, -1.0), (10.0, -2.0))

PHONE_EQUAL, PHONE_DIFFERS = 3.0, -0.5
EMAIL_EQUAL, EMAIL_DIFFERS = 4.0, -0.5
WEBSITE_EQUAL, WEBSITE_DIFFERS = 2.0, -0.5
# The three come from one card: together they do not prove more than this.
MOST_FOR_CONTACTS = 5.0
# A number or an address that more suppliers share is their network's: it says nothing of one place.
MOST_SHARING_A_CONTACT = 4

# One source that lists both, today, tells them apart: such a pair is at most doubtful.
LISTED_APART = -8.0
