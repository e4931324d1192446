"""What a change of the facts does to what is there already, said before it is saved."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Consultation, Practice
from portal.accounts.forms import zones
from portal.pages.house.facts import region_name
from portal.texts.closed import closed_days
from portal.texts.models import Organisation

AHEAD = dt.timedelta(days=400)  # longer than anything can be booked ahead


def effects(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    """One sentence for each change that reaches further than the words of pages."""
    found = []
    if before.sender_name != after.sender_name:
        found.append(
            _("Mail and texts come from “%(name)s” from now on. People may not know it yet.")
            % {"name": after.sender_name}
        )
    if before.name != after.name and before.pk:
        found.append(_("New letters and papers name “%(name)s”. Papers that are signed keep the name they had."))
        found[-1] %= {"name": after.name}
    if before.fax and before.fax != after.fax:
        found.append(_("Offices that were asked before may still send to the former fax number."))
    if before.time_zone != after.time_zone:
        zone = dict(zones()).get(after.time_zone, after.time_zone)
        found.append(
            _("Our own days go by %(zone)s: when things are due, and the months of the numbers. Calls keep their hour.")
            % {"zone": zone}
        )
    if before.region != after.region:
        found += _of_region(before, after, now)
    return found


def _of_region(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    going_by_it = Practice.objects.filter(region="", consultant__role="consultant", consultant__can_sign_in=True)
    count = going_by_it.count()
    said = ngettext(
        "The holidays of %(region)s count. %(count)d consultant goes by them.",
        "The holidays of %(region)s count. %(count)d consultants go by them.",
        count,
    )
    found = [said % {"region": region_name(after.region), "count": count}]
    first, last = now.date() - dt.timedelta(days=1), (now + AHEAD).date()
    new = closed_days(after.region, first, last) - closed_days(before.region, first, last)
    calls = Consultation.objects.upcoming(now).filter(consultant__in=going_by_it.values("consultant"))
    zones_of = dict(going_by_it.values_list("consultant", "time_zone"))
    touched = sum(
        starts_at.astimezone(ZoneInfo(zones_of[consultant])).date() in new
        for starts_at, consultant in calls.values_list("starts_at", "consultant")
    )
    if touched:
        words = ngettext(
            "%(count)d booked call lies on a day that is a holiday then. A coordinator is asked about it first.",
            "%(count)d booked calls lie on days that are holidays then. A coordinator is asked about each first.",
            touched,
        )
        found.append(words % {"count": touched})
    return found
