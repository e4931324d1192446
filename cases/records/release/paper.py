"""A form to sign by hand, or a copy of a signed one, as a tagged PDF: one page, plain enough for a fax."""

import base64
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from cases.case.authority import Authority
from cases.case.models import Case
from cases.case.signatures import SignedHow
from cases.records.models import Release
from cases.records.release import form as release_form
from cases.records.release import words as release_words
from cases.records.release.form import Form
from cases.records.release.states import Special
from portal import paper
from portal.texts.models import Text

TEMPLATE = Path(__file__).with_name("release.typ")


def to_sign(form: Form, now: datetime) -> bytes:
    """The form with a line to sign on. Its foot holds the code by which the paper is known again."""
    with _reader(form.case):
        lead = _("I let this office send the records named here to those named here.")
        words = {
            "title": _("Permission to send records"),
            "lead": lead,
            "rows": [{"label": row["label"], "value": row["value"]} for row in form.rows],
            "tick": _("These go only if you tick them, each by itself:"),
            "boxes": [{"label": str(each.label), "on": each in form.details.special} for each in Special],
            "heading": _("What you should know"),
            "statements": form.statements,
            "foot": _("%(case)s. Form %(code)s") % {"case": form.case.reference, "code": form.code},
        }
        return _pdf(form.case, words, now)


def copy_of(release: Release, now: datetime) -> bytes:
    """What was signed, as it was read, with the signature."""
    with _reader(release.visit.case):
        return _pdf(release.visit.case, _copy(release), now)


def _copy(release: Release) -> dict[str, Any]:
    case, said = release.visit.case, release_form.said(release)
    words = {
        "title": _("Permission to send records"),
        "lead": _("A copy of what was signed."),
        "heading": _("What you should know"),
        "foot": _("%(case)s. Form %(code)s") % {"case": case.reference, "code": release.code},
        **said,
    }
    return words | _signed(release)


def pages_of(release: Release | None, authority: Authority | None) -> list[dict[str, Any]]:
    """What was signed, as further pages of a letter; each in the patient's own language. None: its paper goes."""
    if release is None and authority is None:
        return []
    case = authority.case if authority else release.visit.case
    with _reader(case):
        words = [_copy(release)] if release else []
        if authority:
            words.append(_authority(case, authority.text) | _signed(authority))
        return [_further(case, each) for each in words]


def page_of(case: Case, title: str, paragraphs: list[str]) -> dict[str, Any]:
    """Words of the patient's own, as a further page of a letter."""
    with _reader(case):
        words = {"title": title, "lead": "", "rows": [], "heading": "", "statements": paragraphs}
        return _further(case, words | {"signed": case.patient.name, "foot": case.reference})


def _further(case: Case, words: dict[str, Any]) -> dict[str, Any]:
    return _whole(words) | {"lang": case.patient.language.split("-")[0], "rtl": get_language_bidi()}


def authority_to_sign(case: Case, text: Text, now: datetime) -> bytes:
    with _reader(case):
        return _pdf(case, _authority(case, text), now)


def authority_copy(authority: Authority, now: datetime) -> bytes:
    case = authority.case
    with _reader(case):
        return _pdf(case, _authority(case, authority.text) | _signed(authority), now)


def _authority(case: Case, text: Text) -> dict[str, Any]:
    return {
        "title": _("Asking for my records"),
        "lead": case.patient.name,
        "rows": [],
        "heading": "",
        "statements": text.body.split("\n"),
        "foot": _("%(case)s. Version %(version)d of the words") % {"case": case.reference, "version": text.version},
    }


def _signed(thing: Release | Authority) -> dict[str, Any]:
    said = release_words.signed_line(thing)
    if thing.how == SignedHow.TYPED:
        said = _("Signed: %(name)s. %(how)s") % {"name": thing.signature, "how": said}
    drawing = base64.b64decode(thing.signature) if thing.how == SignedHow.DRAWN else b""
    return {"signed": said, "drawing": list(drawing), "drawing_words": _("The signature, drawn by hand")}


def _reader(case: Case) -> Any:
    """The patient's language and zone: it is her paper."""
    stack = ExitStack()
    stack.enter_context(translation.override(case.patient.language))
    stack.enter_context(timezone.override(case.patient.zone))
    return stack


def _pdf(case: Case, words: dict[str, Any], now: datetime) -> bytes:
    return paper.pdf(TEMPLATE, _whole(words), author=case.patient.name, made_at=now)


def _whole(words: dict[str, Any]) -> dict[str, Any]:
    blank = {
        "tick": "",
        "boxes": [],
        "signed": "",
        "drawing": [],
        "drawing_words": "",
        "sign_here": _("Signature"),
        "date_here": _("Date"),
    }
    return blank | words
