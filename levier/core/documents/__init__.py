"""Documents: one Markdown text, out as Word, OpenDocument, tagged PDF, HTML or plain text."""

from levier.core.documents.converting import DocumentError, to_docx, to_html, to_odt, to_pdf, to_text

__all__ = ["DocumentError", "to_docx", "to_html", "to_odt", "to_pdf", "to_text"]
