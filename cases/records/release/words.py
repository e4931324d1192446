"""The words that pages show for a permission: its state, how it was signed, what follows when it is taken back."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.authority import Authority
from cases.case.helping.models import Mandate
from cases.case.models import Case
from cases.case.signatures import SignedHow
from cases.records.models import Release
from cases.records.release.states import ReleaseState
from portal import when
from portal.texts.words import organisation


def tag(release: Release, today: date) -> dict[str, str]:
    """Its state in a word; run out by the clock alone."""
    if release.has_run_out(today):
        return {"label": _("Run out"), "kind": "warn"}
    if release.is_signed and release.is_paper_gone:
        return {"label": _("Its paper is gone"), "kind": "warn"}
    kind = {ReleaseState.SIGNED: "ok", ReleaseState.DRAFT: "warn"}.get(ReleaseState(release.state), "")
    return {"label": str(ReleaseState(release.state).label), "kind": kind}


def signed_line(thing: Release | Authority) -> str:
    """ "Typed name, Thursday, November 5 at 10:00 am"; who said so where a paper was signed."""
    if thing.signed_at is None:
        return _("Not signed yet.")
    day = {"day": when.day(thing.signed_at, year=True), "time": when.clock_time(thing.signed_at)}
    said = {"how": str(SignedHow(thing.how).label), "at": _("%(day)s, %(time)s") % day}
    if thing.how == SignedHow.PAPER and thing.signed_by:
        said["who"] = thing.signed_by.name
        return _("Signed on paper, looked at by %(who)s, %(at)s.") % said
    if thing.signed_as and thing.signed_by:
        return f"{for_whom(thing)} " + _("%(how)s, %(at)s.") % said
    return _("%(how)s, %(at)s.") % said


def for_whom(thing: Release | Authority) -> str:
    """ "Ama Osei signed for Rosa Delgado, by power of attorney"."""
    case = thing.visit.case if isinstance(thing, Release) else thing.case
    assert thing.signed_by is not None
    said = {"who": thing.signed_by.name, "name": case.patient.name}
    return _("%(who)s signed for %(name)s, %(law)s.") % {**said, "law": Mandate.Kind(thing.signed_as).label}


def what_follows(release: Release) -> list[str]:
    """What taking it back does and does not do, said before the press."""
    names = {"office": release.holder.name, "us": organisation().name}
    return [
        _("Nothing more is sent by it."),
        _("What %(office)s has sent before cannot be called back.") % names,
        _("If %(office)s has it already, one of us at %(us)s calls there and tells them.") % names,
        _("Your care stays the same. You can sign a new one at any time."),
    ]


def lines(case: Case, releases: list[Release], authority: Authority | None, today: date) -> list[dict[str, Any]]:
    """What was signed for a case, each leading to its page; the latest first."""
    rows = []
    if authority:
        is_back = authority.withdrawn_at is not None
        rows.append(
            {
                "title": _("We may ask about your records"),
                "hint": signed_line(authority),
                "tag": {"label": _("Taken back") if is_back else _("Signed"), "kind": "" if is_back else "ok"},
                "href": reverse("records:authority", args=[case.pk]),
            }
        )
    for release in releases:
        rows.append(
            {
                "title": _("%(office)s may send records") % {"office": release.holder.name},
                "hint": f"{signed_line(release)} {until_line(release)}".strip(),
                "tag": tag(release, today),
                "href": reverse("records:signed", args=[release.pk]),
            }
        )
    return rows


def until_line(release: Release) -> str:
    if not release.is_signed or release.until_on is None:
        return ""
    return _("Until %(day)s.") % {"day": when.month_day(release.until_on, year=True)}
