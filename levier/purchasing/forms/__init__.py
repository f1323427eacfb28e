"""Forms of the marketplace."""

from levier.purchasing.forms.answering import AnswerForm
from levier.purchasing.forms.concluding import CloseForm, ExtendForm
from levier.purchasing.forms.publishing import PublishNeedForm, initial_of

__all__ = ["AnswerForm", "CloseForm", "ExtendForm", "PublishNeedForm", "initial_of"]
