"""The demonstration directory: fictitious suppliers written by us, labelled as such."""
