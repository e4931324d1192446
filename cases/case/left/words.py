"""Sentences for what a patient says when a consultant has left."""

from django.utils.translation import gettext_lazy as _

VERBS = {"departure.answered": _("Said who goes on, now that a consultant has left")}
REASONS = {"left_takes": _("Somebody else of us"), "left_call": _("A call is wished for")}
