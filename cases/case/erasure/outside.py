"""Wishes to erase, asked and taken back, kept outside the database: an archive from before knows nothing of them.

They stand in the list of what was erased for good (`portal.vault.erasures`), which bringing an archive back goes by.
Ids and times only. A wish that ends in its sign is whole: what a death left of one is passed over.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cases.case.erasure.models import ErasureWish
from portal.vault import erasures

ASKED, BACK = "wish", "back"


@dataclass(frozen=True)
class Asked:
    wish: UUID
    case: UUID
    by: UUID
    at: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True)
class TakenBack:
    wish: UUID
    by: UUID
    at: dt.datetime


def keep() -> int:
    """Add what does not stand there yet; how many. Twice adds nothing. Raises OSError."""
    return erasures.add_words(_words())


def _words() -> Iterator[str]:
    for wish in ErasureWish.objects.order_by("asked_at", "pk"):
        if wish.done_at is None:
            said = (wish.pk, wish.case_id, wish.asked_by_id, wish.asked_at.isoformat(), wish.due_at.isoformat())
            yield erasures.word(ASKED, *said)
        if wish.taken_back_at:
            yield erasures.word(BACK, wish.pk, wish.taken_back_by_id, wish.taken_back_at.isoformat())


def asked() -> list[Asked]:
    """In the order in which they were asked. Raises OSError."""
    found = [
        Asked(UUID(wish), UUID(case), UUID(by), dt.datetime.fromisoformat(at), dt.datetime.fromisoformat(due_at))
        for wish, case, by, at, due_at in erasures.said(ASKED)
    ]
    return sorted(found, key=lambda each: (each.at, each.wish))


def taken_back() -> dict[UUID, TakenBack]:
    """By wish. Raises OSError."""
    found = [TakenBack(UUID(wish), UUID(by), dt.datetime.fromisoformat(at)) for wish, by, at in erasures.said(BACK)]
    return {each.wish: each for each in found}
