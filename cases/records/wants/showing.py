"""What the pages of what an office wants show, made ready for the templates."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.people import COORDINATOR, HELPER, PATIENT
from cases.documents import words as document_words
from cases.records.models import IdentityCopy, RecordItem, Want
from cases.records.states import ItemState, Need
from cases.records.wants.rules import KEPT_WITHOUT_A_DAY
from cases.records.wants.states import PAST_ASKING, CopyState
from portal import phones, when

TAGS = {CopyState.READY: "ok", CopyState.REFUSED: "stop", CopyState.ERASED: ""}
GONE_BY = timedelta(days=2)  # the night after the visit's day, wherever that is


def way_to_copy(item: RecordItem, role: str) -> dict[str, Any] | None:
    """The way to put in a copy of the ID, for those who may; it comes first where the office waits for it."""
    if item.holder is None or item.state in PAST_ASKING or role not in {PATIENT, COORDINATOR}:
        return None
    is_first = item.state == ItemState.NEEDS_YOU and item.need == Need.IDENTITY
    if not is_first and not item.holder.wants_with_it:
        return None
    label = _("Add a copy of your ID") if role == PATIENT else _("Add a copy of the patient’s ID")
    return {
        "href": reverse("records:identity", args=[item.pk]),
        "label": label,
        "text": _("%(office)s wants a copy of the ID.") % {"office": item.holder.name},
        "is_first": is_first,
    }


def way_to_fee(item: RecordItem, role: str) -> dict[str, Any] | None:
    """The way to what is known of a fee, while the office waits for it."""
    waits = item.state == ItemState.NEEDS_YOU and item.need == Need.FEE
    if item.holder is None or not waits or role not in {PATIENT, HELPER, COORDINATOR}:
        return None
    return {"href": reverse("records:fee", args=[item.pk]), "label": _("See the fee")}


def fee_rows(item: RecordItem, want: Want | None, role: str) -> list[dict[str, str]]:
    """What it is for, what the office says, and who pays how."""
    office = item.holder
    assert office is not None
    waits = item.state == ItemState.NEEDS_YOU and item.need == Need.FEE
    rows = [
        (_("For"), item.called, ""),
        (_("They ask"), want.words if want and want.words else (item.reason if waits else ""), ""),
        (_("What they usually charge"), office.fee, ""),
        (_("Who pays"), _who_pays(role), ""),
        (_("How"), _("The way they say. If they have not said, ask them, or ask us."), ""),
        (_("Their phone"), phones.shown(office.phone), office.phone_href),
    ]
    return [{"label": label, "value": value, "href": href} for label, value, href in rows if value]


def _who_pays(role: str) -> str:
    if role == PATIENT:
        return _("You do, straight to the office. The money never goes through us.")
    return _("The patient does, straight to the office. The money never goes through us.")


def copy_row(copy: IdentityCopy | None) -> dict[str, Any] | None:
    """The copy that is here, or what became of the last one."""
    if copy is None:
        return None
    state = CopyState(copy.state)
    text = _("Added on %(day)s.") % {"day": when.month_day(copy.put_in_at)}
    if state == CopyState.ERASED and copy.erased_at:
        text = _("Erased on %(day)s.") % {"day": when.month_day(copy.erased_at)}
    return {
        "tag": {"label": str(state.label), "kind": TAGS.get(state, "info")},
        "text": text,
        "why": document_words.reason(copy.reason) if copy.reason else "",
        "is_ready": copy.is_ready,
        "is_here": copy.original is not None or copy.file is not None,
    }


def points(item: RecordItem, is_patient: bool) -> list[str]:
    """Where the copy goes, who sees it, and when it is erased."""
    named = {"office": item.holder.name if item.holder else ""}
    sees = _("You and our coordinators can open it. No doctor, consultant or helper can.")
    if not is_patient:
        sees = _("The patient and our coordinators can open it. No doctor, consultant or helper can.")
    return [
        _("It goes to %(office)s alone, as the last page behind our letter.") % named,
        sees,
        _("It is in no list of files, no search and no packet. We do not read it by machine."),
        erased_when(item),
    ]


def erased_when(item: RecordItem) -> str:
    day = item.visit.on_date
    if day is None:
        return _("We erase it the day after the visit. While no day is known, after %(days)d days.") % {
            "days": KEPT_WITHOUT_A_DAY.days
        }
    return _("We erase it after the visit, by %(day)s. You can have it erased at any time.") % {
        "day": when.month_day(day + GONE_BY)
    }
