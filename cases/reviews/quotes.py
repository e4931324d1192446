"""Quotes out of pages that a machine read: each is held against the picture before the patient reads it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import ngettext

from cases.documents.models import PageImage
from cases.reviews import frozen, sheet
from cases.reviews.models import QuoteLook, Review

QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]")


@dataclass(frozen=True)
class Quote:
    """Words that a summary takes from a page of the plan, and which page of which file that is."""

    words: str
    page: int
    version: UUID
    own_page: int
    is_looked_at: bool = False


def quoted(body: frozen.Body) -> list[tuple[str, int]]:
    """What stands in quotation marks in a line that names its page; each once."""
    found = [
        (next(filter(None, hit.groups())).strip(), line["page"])
        for line in frozen.medical_lines(body)
        if line["page"] is not None
        for hit in QUOTED.finditer(line["text"])
    ]
    return list(dict.fromkeys(found))


def read_by_machine(review: Review, body: frozen.Body, user: Any) -> list[Quote]:
    """The quotes out of pages whose words a machine read, and which of them the reader has looked at. No query without
    a quote, else at most three.
    """
    wanted = quoted(body)
    if not wanted:
        return []
    pages = {page.number: page for page in sheet.plan_pages(review.plan, user)}
    read = set(
        PageImage.objects.filter(version__in=review.plan, reading=PageImage.Reading.READ).values_list(
            "version", "number"
        )
    )
    found = [
        Quote(words, number, page.version, page.own_number)
        for words, number in wanted
        if (page := pages.get(number)) and (page.version, page.own_number) in read
    ]
    seen = _looked_at(review) if found else {}
    return [
        Quote(
            each.words,
            each.page,
            each.version,
            each.own_page,
            each.words in seen.get((each.version, each.own_page), ()),
        )
        for each in found
    ]


def _looked_at(review: Review) -> Mapping[tuple[UUID, int], set[str]]:
    seen: dict[tuple[UUID, int], set[str]] = {}
    for look in QuoteLook.objects.filter(review=review).select_related("review__case__key"):
        seen.setdefault((look.version_id, look.page), set()).add(look.words)
    return seen


def why_not_share(quotes: Sequence[Quote]) -> str:
    """Why a summary with these quotes is not shared yet; "" when each was looked at."""
    left = sum(not each.is_looked_at for each in quotes)
    if not left:
        return ""
    return ngettext(
        "%(count)s quote was read by machine and is not held against the picture yet.",
        "%(count)s quotes were read by machine and are not held against the picture yet.",
        left,
    ) % {"count": left}
