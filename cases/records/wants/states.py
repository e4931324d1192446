"""What an office may want before it sends a record, and where a copy of an ID stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.records.states import ItemState


class Wants(TextChoices):
    """What an office needs before it can send a record."""

    FORM = "form", _("Our own form, signed")
    ID = "id", _("A copy of the patient’s ID")
    SIGNATURE = "signature", _("A better signature")
    FEE = "fee", _("A fee")
    OTHER = "other", _("Something else")


class CopyState(TextChoices):
    RECEIVED = "received", _("We are checking it")
    CHECKING = "checking", _("We are checking it now")
    READY = "ready", _("Here and checked")
    REFUSED = "refused", _("We could not take it")
    ERASED = "erased", _("Erased")


SIGNED = frozenset({Wants.FORM, Wants.SIGNATURE})
PAST_ASKING = frozenset({ItemState.SENT, ItemState.ARRIVED, ItemState.OPENS_FINE, ItemState.NOT_WANTED})
LIVE_COPIES = (CopyState.RECEIVED, CopyState.CHECKING, CopyState.READY)
