"""Quotes out of pages that a machine read: each is held against the picture before the patient reads it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.translation import ngettext

from cases.documents.models import PageImage, Version
from cases.reviews import frozen
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
    """The quotes out of pages whose words a machine read. No query without a quote, else two."""
    return of_files(review, body, files_of(review, user), looks_of(review)) if quoted(body) else []


def files_of(review: Review, user: Any) -> QuerySet[Version]:
    """The files of the plan that a person may read, each with the numbers of its pages that a machine `read`."""
    read = PageImage.objects.filter(version=OuterRef("pk"), reading=PageImage.Reading.READ).order_by("number")
    plan = Version.objects.visible_to(user).ready().filter(pk__in=review.plan)
    return plan.annotate(read=ArraySubquery(read.values("number"))).order_by()


def looks_of(review: Review) -> QuerySet[QuoteLook]:
    return QuoteLook.objects.filter(review=review)


def of_files(review: Review, body: frozen.Body, files: Iterable[Version], looks: Iterable[QuoteLook]) -> list[Quote]:
    """The same out of rows that are at hand, and which of them the reader has looked at."""
    pages = {}
    known = {version.pk: version for version in files}
    for version in (known[pk] for pk in review.plan if pk in known):
        pages |= {len(pages) + own: (version, own) for own in range(1, version.pages + 1)}
    seen = {(look.version_id, look.page, look.words) for look in looks}
    found = [(words, number, *pages[number]) for words, number in quoted(body) if number in pages]
    return [
        Quote(words, number, version.pk, own, (version.pk, own, words) in seen)
        for words, number, version, own in found
        if own in version.read  # type: ignore[attr-defined]
    ]


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
