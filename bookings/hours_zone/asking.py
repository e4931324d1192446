"""Whether a consultant is asked about the zone of her hours, the words for it, and the form."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import slots
from bookings.models import Practice
from portal import when
from portal.accounts.forms import zones
from portal.accounts.models import User


class ZoneForm(forms.Form):
    """The zone of the hours: any, and always that of the hours and that of the consultant."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of your hours"),
        help_text=gettext_lazy("Hours, time off and extra hours are in it. Booked calls keep their moment."),
        widget=forms.Select(attrs={"translate": "no"}),
        error_messages={
            "required": gettext_lazy("Choose a time zone from the list."),
            "invalid_choice": gettext_lazy("Choose a time zone from the list."),
        },
    )

    def __init__(self, *args: Any, practice: Practice, user: User, **kwargs: Any):
        super().__init__(*args, initial={"time_zone": practice.time_zone}, **kwargs)
        found = zones()
        known = {name for name, _words in found}
        own = dict.fromkeys(name for name in (practice.time_zone, user.time_zone) if name not in known)
        self.fields["time_zone"].choices = [*((name, named(name)) for name in own), *found]  # type: ignore[attr-defined]


def named(zone: str) -> str:
    return zone.replace("_", " ").replace("/", ": ")


def is_asked(practice: Practice, user: User, now: datetime) -> bool:
    """She lives by another clock than her hours, and has not said since what is to become of them."""
    if practice.time_zone == user.time_zone or practice.chosen_in == user.time_zone:
        return False
    return not slots.show_the_same(practice.zone, user.zone, now)


def question(practice: Practice | None, user: User, now: datetime) -> dict[str, str] | None:
    """What a page asks: the words, the two answers, and where they are given."""
    if practice is None or not is_asked(practice, user, now):
        return None
    theirs, hers = when.zone_name(practice.zone), when.zone_name(user.zone)
    if theirs == hers:
        theirs, hers = named(practice.time_zone), named(user.time_zone)
    said = {"theirs": theirs, "hers": hers}
    return {
        "lead": _("Your hours are in %(theirs)s. You live by %(hers)s now.") % said,
        "text": _("Patients are offered the hours of %(theirs)s until you choose.") % said,
        "follow": _("Let them follow: %(hers)s") % said,
        "stay": _("Leave them in %(theirs)s") % said,
        "follow_zone": user.time_zone,
        "stay_zone": practice.time_zone,
        "href": f"{reverse('bookings:hours')}#zone",
    }
