"""Sentences for what happened to such a wish, as the patient reads them in her list."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "erasure.asked": _("Asked us to erase the page"),
    "erasure.taken_back": _("Took back that the page is to be erased"),
    "erasure.kept": _("Kept the wish to erase the page, after an older copy of the portal was brought back"),
    "erasure.done": _("Erased the page, as it was asked"),
}
