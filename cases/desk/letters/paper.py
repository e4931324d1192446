"""A letter as a tagged PDF: the page as it was made, its code and QR code, and what was signed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import zxingcpp
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.desk.letters import papers
from cases.desk.letters.models import Letter
from cases.desk.letters.states import LetterKind
from cases.desk.links import birth_dates, codes
from cases.desk.links.models import OfficeLink
from cases.records.release import paper as release_paper
from portal import mail, paper
from portal.once import once

TEMPLATE = Path(__file__).with_name("letter.typ")
SHORT = "/o/"
SCHEMES = ("https://", "http://")
NO_CODE = {"code": "", "open": "", "qr": [], "qr_wide": 0, "qr_words": "", "bars": [], "bars_wide": 0, "bars_words": ""}


@contextmanager
def reader(zone: Any) -> Iterator[None]:
    """An office reads the house's own language, on its own clock."""
    with translation.override(settings.LANGUAGE_CODE), timezone.override(zone):
        yield


def pdf(letter: Letter) -> bytes:
    """The letter with everything that goes with it; the same bytes each time while its link stands."""
    said, behind = json.loads(letter.said), papers.behind(letter)
    with reader(letter.visit.zone):
        # What was signed by hand is there itself: no copy of ours beside it.
        release = None if papers.PERMISSION in behind else letter.release
        authority = None if papers.AUTHORITY in behind else letter.authority
        pages = release_paper.pages_of(release, authority) if letter.kind != LetterKind.CODE else []
        if own := said.get("own_words"):
            pages.insert(0, release_paper.page_of(letter.case, _("The patient’s letter"), own))
        code = coded(link_of(letter), letter.reference, letter.kind)
        further = sum(version.pages for version in behind.values())
        content = one_page(said, letter.reference, code, letter.made_at, pages, further)
    return papers.joined(content, list(behind.values()))


def one_page(
    said: Mapping[str, Any],
    reference: str,
    code: Mapping[str, Any],
    made_at: datetime,
    pages: list[dict[str, Any]] | None = None,
    further: int = 0,
) -> bytes:
    """The page with what was signed behind it; `further` pages of papers are put behind those later."""
    words = {**said, **code, "reference": reference, "page_of": _("Page {page} of {pages}"), "pages": pages or []}
    words["further"] = further
    return paper.pdf(TEMPLATE, words, author=reference, made_at=made_at)


def link_of(letter: Letter) -> OfficeLink | None:
    standing = OfficeLink.objects.select_related("visit__case__patient").standing()
    found = standing.filter(visit=letter.visit_id, office=letter.office_id)
    return once(("link", letter.visit_id, letter.office_id), found.first)


def short_address() -> str:
    """ "remissionsupport.example/o/", as people type it."""
    address = mail.absolute(SHORT)
    for scheme in SCHEMES:
        address = address.removeprefix(scheme)
    return address


def qr_address(reference: str) -> str:
    """What the QR code opens. The reference stands behind a #, so it stays in the reader's hands: no server, and no
    log of one, is told. The code is not in it; nor would the page open without the birth date.
    """
    return mail.absolute(SHORT) + "#" + bare(reference)


def bare(reference: str) -> str:
    """ "RS4T729K-B": what a machine that reads the fax knows the letter by."""
    return reference.replace(" · ", "-").replace(" ", "")


def coded(link: OfficeLink | None, reference: str, kind: str) -> dict[str, Any]:
    """The short address, the paper code in letters and bars, and the QR code. Nothing once the link has ended, or where
    the birth date that the page asks for beside it is not on file.
    """
    if link is None or birth_dates.of_patient(link.visit) is None:
        return NO_CODE
    code, address = codes.paper_code(link), {"address": short_address()}
    qr, qr_wide = _drawn(qr_address(reference), zxingcpp.BarcodeFormat.QRCode)
    bars, bars_wide = _drawn(code.replace(" ", ""), zxingcpp.BarcodeFormat.Code128)
    return {
        "code": code,
        "open": _("Open %(address)s and type this code with the patient’s birth date:") % address
        if kind == LetterKind.CODE
        else _("Or open %(address)s and type this code with the patient’s birth date:") % address,
        "qr": qr,
        "qr_wide": qr_wide,
        "qr_words": _("QR code that opens %(address)s") % address,
        "bars": bars,
        "bars_wide": bars_wide,
        "bars_words": _("The same code in bars"),
    }


def _drawn(words: str, kind: zxingcpp.BarcodeFormat) -> tuple[list[int], int]:
    """The bytes of an SVG and how many modules it is wide, its quiet zones among them."""
    svg = zxingcpp.create_barcode(words, kind).to_svg()
    wide = int(svg.partition('width="')[2].partition('"')[0])
    return list(svg.encode()), wide
