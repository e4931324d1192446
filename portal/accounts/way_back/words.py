"""Sentences for what happened on a way back."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.way_back.rules import Sign

VERBS = {
    "account.known_by": _("Made sure who it is"),
    "account.way_back_asked": _("Asked to take a lost second step away, after a day"),
    "account.way_back_agreed": _("Agreed to take a lost second step away"),
    "account.signed_out_everywhere": _("Signed out everywhere, as a phone was lost"),
    "account.way_back_stopped": _("Stopped that a second step is taken away"),
}
REASONS = {f"sign_{sign.value}": sign.label for sign in Sign} | {"mailbox": _("A lost mailbox")}
