"""Documents: one Markdown text, out as Word, OpenDocument or tagged PDF."""

from levier.core.documents.converting import DocumentError, to_docx, to_odt, to_pdf

__all__ = ["DocumentError", "to_docx", "to_odt", "to_pdf"]
