"""Public notices: eForms read one at a time, what they say of clauses, where they come from."""

# The source `levier sync` knows, and its address: one day of publication at a time, one record a line.
BOAMP = "boamp"
BOAMP_ADDRESS = (
    "https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp/exports/jsonl"
)
