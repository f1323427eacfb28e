"""« Ne plus me solliciter »: who refuses which mails, by a link of any of them or from its own sheet."""
