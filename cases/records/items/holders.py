"""What a record's page says of the office that has it: how it likes to be asked, and how long it usually takes."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case.models import Office
from cases.records.models import RecordItem, Visit
from portal import phones


def how_to_ask(item: RecordItem) -> list[dict[str, str]]:
    """What is known of the holder, for whoever asks there; nothing where nothing is known."""
    office = item.holder
    if office is None:
        return []
    rows = [
        (_("Phone"), phones.shown(office.phone), office.phone_href),
        (_("Fax"), phones.shown(office.fax), ""),
        (_("Ask for"), office.desk, ""),
        (_("First by"), office.likes_to_be_asked, ""),
        (_("Hours"), office.hours, ""),
        (_("Their own form"), _own_form(office), ""),
        (_("They want with it"), office.wants_with_it, ""),
        (_("Fee"), office.fee, ""),
        (_("Never sent from there"), office.never_releases, ""),
        (_("How long it takes"), pace(office, item.kind_id), ""),
    ]
    return [{"label": label, "value": value, "href": href} for label, value, href in rows if value]


def pace(office: Office, kind: str) -> str:
    """How long it takes there: learned from its finished requests, always with their count; else what staff know."""
    if learned := office.learned_days.get(kind):
        days, slow, count = learned
        words = ngettext(
            "Usually %(days)d business day, %(slow)d at a slow time; from %(count)d requests",
            "Usually %(days)d business days, %(slow)d at a slow time; from %(count)d requests",
            days,
        )
        return words % {"days": days, "slow": slow, "count": count}
    days = office.usual_days.get(kind)
    if not days:
        return ""
    return ngettext("Usually %(days)d business day", "Usually %(days)d business days", days) % {"days": days}


def _own_form(office: Office) -> str:
    return office.own_form or (_("They have one. Ask them for it, or ask us.") if office.has_own_form else "")


def whose_list(visit: Visit) -> str:
    """Whose word it is what counts as core; nothing where it is ours."""
    if visit.office is None or not visit.office.asks_for:
        return ""
    return _("What is core here is %(office)s’s own list. We go by it.") % {"office": visit.office.name}
