"""The states of a visit, a referral, a record item and a report, and the ways they travel."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VisitState(TextChoices):
    PLANNED = "planned", _("No date yet")
    BOOKED = "booked", _("Booked")
    HAPPENED = "happened", _("Took place")
    CANCELLED = "cancelled", _("Cancelled")


class PlanAnew(TextChoices):
    """What is still to be done for a visit since its office changed."""

    DATES = "dates", _("Its dates")
    LIST = "list", _("Its list and dates")


class ReferralState(TextChoices):
    NEEDED = "needed", _("Not asked yet")
    ASKED = "asked", _("Asked")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Refused")
    NOT_NEEDED = "not_needed", _("Not needed here")
    SENT = "sent", _("Sent")


class ItemState(TextChoices):
    NEEDED = "needed", _("To be asked for")
    NEEDS_YOU = "needs_you", _("Needs you")
    ASKED = "asked", _("Asked")
    ACKNOWLEDGED = "acknowledged", _("They are working on it")
    # In our hands when it goes through us, in the patient's when it is carried.
    HELD = "held", _("In hand")
    SENT = "sent", _("On its way")
    ARRIVED = "arrived", _("Arrived")
    OPENS_FINE = "opens_fine", _("Opens fine")
    NOT_LOCATED = "not_located", _("Not found")
    INCOMPLETE = "incomplete", _("Something is missing")
    WILL_NOT_OPEN = "will_not_open", _("Will not open")
    NOT_WANTED = "not_wanted", _("Not needed")


class ReportState(TextChoices):
    """Where the second office's report to the primary doctor is."""

    NOT_ASKED = "not_asked", _("Not asked for yet")
    ASKED = "asked", _("Asked for")
    # The second office, or the patient, said when it goes out to the primary doctor.
    ANNOUNCED = "announced", _("They are sending it")
    RECEIVED = "received", _("Arrived")
    CONFIRMED = "confirmed", _("Confirmed")


class Came(TextChoices):
    """Which way the report reached the primary doctor. Either counts."""

    DIRECT = "direct", _("Straight from the second office")
    THROUGH_US = "through_us", _("Passed on by us")


class Route(TextChoices):
    DIRECT = "direct", _("Straight to the second doctor")
    THROUGH_US = "through_us", _("Through us")
    CARRIED = "carried", _("Carried by you")


class Need(TextChoices):
    """What holds an item up until the patient acts."""

    PLAN = "plan", _("Needs your file")
    SIGNATURE = "signature", _("Needs your signature")
    CHOICE = "choice", _("Needs your choice")
    FEE = "fee", _("Needs a fee")
    IDENTITY = "identity", _("Needs a copy of your ID")


class KnownBy(TextChoices):
    """Who said so. It stands beside each state, since "arrived" is only as good as who says it."""

    PATIENT = "patient", _("You told us")
    HELPER = "helper", _("Your helper told us")
    STAFF_CALL = "staff_call", _("We heard by phone")
    OFFICE = "office", _("The office told us")
    OFFICE_PAGE = "office_page", _("The office told us on its page")
    OFFICE_FAX = "office_fax", _("The office told us by fax")
    OFFICE_POST = "office_post", _("The office told us by post")
    DOCUMENT = "document", _("The file is here")


UNASKED = frozenset({ItemState.NEEDED, ItemState.NEEDS_YOU})
IN_TROUBLE = frozenset({ItemState.NOT_LOCATED, ItemState.INCOMPLETE, ItemState.WILL_NOT_OPEN})
THERE = frozenset({ItemState.ARRIVED, ItemState.OPENS_FINE})
UNDER_WAY = frozenset({ItemState.ASKED, ItemState.ACKNOWLEDGED, ItemState.HELD, ItemState.SENT})
