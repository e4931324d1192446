"""Sentences for what happened to a correction, as the patient reads them in her list."""

from django.utils.translation import gettext_lazy as _

from cases.case.corrections.rules import About

VERBS = {
    "correction.asked": _("Asked us to correct something"),
    "correction.taken_back": _("Took back what was to be corrected"),
    "correction.corrected": _("Corrected what you asked"),
    "correction.kept": _("Said why something stays as it is"),
    "correction.opened": _("Looked at what is to be corrected"),
}
REASONS = {f"correct_{about.value}": about.label for about in About} | {"correction": _("Something to be corrected")}
