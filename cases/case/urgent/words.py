"""Sentences for what happened in an urgent look, as the patient reads them in her list."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "urgent.begun": _("Opened your case for an hour, for an urgent reason"),
    "urgent.looked": _("Looked at your case, for an urgent reason"),
    "urgent.ended": _("Ended the urgent look at your case"),
    "urgent.not_found": _("Asked for an urgent look at a case that is not there"),
    "urgent.list_seen": _("Looked at the list of urgent looks"),
}
REASONS = {
    "urgent_reader": _("They were done"),
    "urgent_patient": _("You ended it"),
    "urgent_admin": _("An administrator ended it"),
    "urgent_time": _("Its hour was over"),
    "urgent_closed": _("The case was closed"),
    "urgent_left": _("They left"),
    "urgent": _("An urgent reason, which stands on this page"),
}
