"""A consultation brought as a file: its table or its published contracts, read as a purchase and its lots."""

from levier.purchasing.consultation.draft import ConsultationDraft, RefusedLine, UnreadableConsultationError
from levier.purchasing.consultation.reading import read_consultation

__all__ = ["ConsultationDraft", "RefusedLine", "UnreadableConsultationError", "read_consultation"]
