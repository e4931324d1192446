"""What the directory's pages show of an office, made ready for the templates."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case import office_ties
from cases.case.models import Case, CaseClinician, Clinician, Office, OfficeMerge
from cases.case.regions import REGIONS
from cases.records.items.holders import pace
from cases.records.models import RecordItem, RecordKind, Visit
from cases.records.states import IN_TROUBLE, ItemState
from cases.records.words import item_tag
from portal import when
from portal.pages import cards

OPEN_WITH_THEM = IN_TROUBLE | {ItemState.ASKED, ItemState.ACKNOWLEDGED, ItemState.SENT}
NAMES_SHOWN = 25
CANDIDATES_SHOWN = 12
LOCAL_DIGITS = 7  # of a number: with country and area or without, it is the same
COMPARED = (
    "desk", "phone", "fax", "email", "place", "region", "hours", "likes_to_be_asked", "own_form", "wants_with_it",
    "fee", "never_releases",
)  # fmt: skip


def labels() -> dict[str, str]:
    return {
        "desk": _("Ask for"),
        "phone": _("Phone"),
        "fax": _("Fax"),
        "email": _("Email"),
        "place": _("Address"),
        "region": _("State or province"),
        "hours": _("Hours"),
        "likes_to_be_asked": _("First by"),
        "own_form": _("Their own form"),
        "wants_with_it": _("They want with it"),
        "fee": _("Fee"),
        "never_releases": _("Never releases"),
    }


def region_words(office: Office) -> str:
    """The region's name; a country's where no more is known."""
    countries = {"US": _("United States"), "CA": _("Canada")}
    return REGIONS[office.region][0] if office.region in REGIONS else countries.get(office.region, office.region)


def value(office: Office, name: str) -> str:
    """What the entry says of this; for a form that has no name, that there is one."""
    if name == "region":
        return region_words(office)
    if name == "hours":
        return _hours(office)
    if name == "own_form" and office.has_own_form and not office.own_form:
        return _("They have one")
    return str(getattr(office, name))


def _hours(office: Office) -> str:
    zone = when.zone_name(ZoneInfo(office.time_zone))
    return _("%(hours)s. %(zone)s") % {"hours": office.hours.rstrip("."), "zone": zone} if office.hours else zone


def asking(office: Office) -> list[dict[str, str]]:
    """How they like to be asked, first things first; what is not known is left out."""
    order = ("likes_to_be_asked", "fax", "desk", "email", "hours", "place", "region", "own_form", "wants_with_it")
    said = labels()
    rows = [(name, value(office, name)) for name in (*order, "fee", "never_releases")]
    return [{"label": said[name], "value": words} for name, words in rows if words]


def own_list(office: Office, kinds: Mapping[str, RecordKind]) -> list[str]:
    return [kinds[code].called for code in kinds if code in office.asks_for]


def speeds(office: Office, kinds: Mapping[str, RecordKind]) -> list[dict[str, str]]:
    """What its finished requests say, with their count; else what the team knows."""
    known = [code for code in kinds if code in office.usual_days or code in office.learned_days]
    return [{"title": kinds[code].called, "hint": _speed(office, code)} for code in known]


def _speed(office: Office, code: str) -> str:
    if code in office.learned_days:
        return pace(office, code)
    days = office.usual_days[code]
    return ngettext("usually %(days)d day", "usually %(days)d days", days) % {"days": days}


def open_items(office: Office, user: Any) -> QuerySet[RecordItem]:
    """What this office was asked for and has not settled, the nearest visit first."""
    items = RecordItem.objects.visible_to(user).filter(holder=office, visit__in=Visit.objects.live())
    asked = items.filter(state__in=OPEN_WITH_THEM).exclude(visit__case__state=Case.State.CLOSED)
    together = ("kind", "visit__case__patient", "visit__case__key")
    place = ("visit__on_date", "visit__case", "asked_on", "state", "kind__place")
    return asked.select_related(*together).order_by(*place)


def open_words(items: QuerySet[RecordItem]) -> str:
    """ "Open with them, 5 records in 3 cases"."""
    found = items.order_by().aggregate(records=Count("pk"), cases=Count("visit__case", distinct=True))
    if not found["records"]:
        return _("Nothing is open with them")
    records = ngettext("%(records)d record", "%(records)d records", found["records"]) % found
    cases = ngettext("%(cases)d case", "%(cases)d cases", found["cases"]) % found
    return _("Open with them, %(records)s in %(cases)s") % {"records": records, "cases": cases}


def item_rows(items: Iterable[RecordItem]) -> list[dict[str, Any]]:
    """A row for what was asked on one day for one visit and is equally far."""
    together = groupby(items, key=lambda item: (item.visit_id, item.asked_on, item.state))
    return [_item_row(list(group)) for _key, group in together]


def _item_row(items: list[RecordItem]) -> dict[str, Any]:
    item, case, visit = items[0], items[0].visit.case, items[0].visit
    return {
        "name": case.patient.name,
        "href": cards.file_url(case),
        "record": ", ".join(each.called for each in items),
        "asked": when.short_day(item.asked_on) if item.asked_on else "–",
        "tag": {"label": item.get_state_display(), "kind": item_tag(item)["kind"]},
        "visit": when.short_day(visit.on_date) if visit.on_date else "–",
    }


def cases_using(office: Office, user: Any) -> QuerySet[Case]:
    """The cases a person may see that name this office: its own, through a doctor, a visit or a record."""
    own = Office.objects.filter(pk=office.pk, for_case__isnull=False).values("for_case")
    with_doctors = CaseClinician.objects.filter(clinician__office=office).values("case")
    with_visits = Visit.objects.filter(office=office).values("case")
    with_records = RecordItem.objects.filter(holder=office).values("visit__case")
    named_in = own.union(with_doctors, with_visits, with_records)
    return (
        Case.objects.visible_to(user).filter(pk__in=named_in).select_related("patient").order_by("patient__name", "pk")
    )


def who_works_here(office: Office) -> list[dict[str, str]]:
    """Doctors by name, with what they are to how many cases."""
    roles = CaseClinician.objects.filter(clinician__office=office).values("clinician__name", "role")
    counted = roles.annotate(cases=Count("case", distinct=True)).order_by("clinician__name", "role")
    words: dict[str, list[str]] = {}
    for row in counted[: 4 * NAMES_SHOWN]:
        words.setdefault(row["clinician__name"], []).append(_as_what(row["role"], row["cases"]))
    return [{"title": name, "hint": ". ".join(said)} for name, said in list(words.items())[:NAMES_SHOWN]]


def _as_what(role: str, cases: int) -> str:
    words = {
        "primary": ngettext("Primary doctor in %(cases)d case", "Primary doctor in %(cases)d cases", cases),
        "first": ngettext("First doctor in %(cases)d case", "First doctor in %(cases)d cases", cases),
        "second": ngettext("Second doctor in %(cases)d case", "Second doctor in %(cases)d cases", cases),
        "third": ngettext("Third doctor in %(cases)d case", "Third doctor in %(cases)d cases", cases),
    }
    return words[role] % {"cases": cases}


def standing_words(office: Office) -> str:
    """Whether the number was called, by whom and when."""
    if office.checked_at is None or office.checked_by is None:
        return _("It serves one case only, until the number has been called.")
    said = {"name": office.checked_by.first_name, "day": when.month_day(office.checked_at)}
    return _("One entry for all cases. Checked by %(name)s on %(day)s.") % said


def candidates(office: Office, user: Any, words: str) -> QuerySet[Office]:
    """Entries that may be the same office: those found by the words; without words, of a like name or number."""
    others = Office.objects.visible_to(user).exclude(pk=office.pk)
    if words:
        return others.matching(words).order_by("checked_at", "name")[:CANDIDATES_SHOWN]
    is_alike = Q(name__icontains=office.name.split()[0]) if office.name.split() else Q()
    for number in (office.phone, office.fax):
        if digits := "".join(sign for sign in number if sign.isdigit())[-LOCAL_DIGITS:]:
            is_alike |= Q(pk__in=others.matching(digits).values("pk"))
    return others.filter(is_alike).order_by("checked_at", "name")[:CANDIDATES_SHOWN]


def what_moves(office: Office) -> list[str]:
    """ "2 doctors", "1 visit", "5 records": all that names the entry."""
    doctors = Clinician.objects.filter(office=office).count()
    words = [ngettext("%(count)d doctor", "%(count)d doctors", doctors) % {"count": doctors}] if doctors else []
    return words + [sentence for room in office_ties.rooms() for sentence in room.counted(office)]


def what_goes_back(merge: OfficeMerge) -> list[str]:
    """The same of what moved and still names the entry that stands."""
    moved, target = merge.moved, merge.target
    doctors = Clinician.objects.filter(pk__in=moved["case"]["doctors"], office=target).count()
    words = [ngettext("%(count)d doctor", "%(count)d doctors", doctors) % {"count": doctors}] if doctors else []
    kept = [room for room in office_ties.rooms() if room.room in moved]
    return words + [sentence for room in kept for sentence in room.counted_back(target, moved[room.room])]


def merged_into(office: Office, user: Any) -> list[dict[str, str]]:
    """The entries that became part of this one, with who did it and when."""
    found = Office.objects.known_to(user).filter(merged_into=office).select_related("merged_by").order_by("merged_at")
    return [
        {
            "name": each.name,
            "phone": each.phone,
            "by": _("Merged by %(name)s on %(day)s.")
            % {"name": each.merged_by.first_name, "day": when.month_day(each.merged_at)}
            if each.merged_by and each.merged_at
            else "",
            "undo_href": reverse("pages:undo_merge", args=[each.pk]),
        }
        for each in found
    ]


def differences(source: Office, target: Office, kinds: Mapping[str, RecordKind]) -> list[dict[str, str]]:
    """Where the two entries do not say the same, side by side."""
    said = labels()
    both = [(said[name], value(source, name), value(target, name)) for name in COMPARED]
    lists = [", ".join(own_list(each, kinds)) for each in (source, target)]
    fast = [_speeds_in_words(each, kinds) for each in (source, target)]
    both += [
        (_("Need on the day of a visit"), lists[0], lists[1]),
        (_("How fast they are"), fast[0], fast[1]),
        (_("Note for the team"), source.note, target.note),
    ]
    return [
        {"label": label, "goes": goes or "–", "stays": stays or "–"} for label, goes, stays in both if goes != stays
    ]


def _speeds_in_words(office: Office, kinds: Mapping[str, RecordKind]) -> str:
    return ", ".join(_("%(title)s %(hint)s") % row for row in speeds(office, kinds))
