"""People in a clause: who may see them, how they enter, how long their names are kept."""
