"""The facts of the house by name: in which part of the form each stands, and what it is called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.case import regions

WHOLE = {"US": _("The whole United States"), "CA": _("All of Canada")}
REGIONS = [*WHOLE.items(), *regions.CHOICES[1:]]

# The parts of the form, in order.
PARTS: list[tuple[Promise, list[str]]] = [
    (_("Who we are"), ["name", "sender_name", "address", "serves", "languages", "price"]),
    (_("How people reach us"), ["phone", "fax", "email", "hours", "answer_time"]),
    (_("When someone is in need"), ["emergency_number", "crisis_lines"]),
    (_("Our days and hours"), ["time_zone", "region"]),
    (_("When the portal needs a person"), ["alarms_to"]),
]
FACTS = [name for _title, names in PARTS for name in names]

NAMES: dict[str, Promise] = {
    "name": _("Name"),
    "sender_name": _("Discreet sender name"),
    "address": _("Address"),
    "serves": _("Whom and where we serve"),
    "languages": _("Languages"),
    "price": _("Price"),
    "phone": _("Phone"),
    "fax": _("Fax"),
    "email": _("Email"),
    "hours": _("Hours"),
    "answer_time": _("Answer time for messages"),
    "emergency_number": _("Emergency number"),
    "crisis_lines": _("Crisis line"),
    "time_zone": _("Time zone"),
    "region": _("Public holidays of"),
    "alarms_to": _("Who gets the email"),
}
# What patients see in brackets while it is empty.
IN_BRACKETS = [name for name in FACTS if name not in ("name", "sender_name", "time_zone", "region", "alarms_to")]


def region_name(code: str) -> str:
    """“Ontario” for "CA-ON"; the code itself where nobody has named it."""
    return str(WHOLE.get(code) or regions.REGIONS.get(code, (code, ""))[0])
