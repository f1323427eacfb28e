"""« Consultation des métiers »: an estimate put to federations, branches and companies before publication."""
