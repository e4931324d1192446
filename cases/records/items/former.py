"""What stood in words before a record's last move, sealed on its row: its reason, and what its office wanted then."""

import json
from datetime import datetime

from cases.records.models import RecordItem, Want


def keep(item: RecordItem) -> None:
    """Just before a move changes them, once `moved_at` is set. The caller saves the row."""
    assert item.moved_at is not None
    wants = [(want.what, want.words, want.asked_at.isoformat()) for want in _open(item)]
    item.former = json.dumps({"moved_at": item.moved_at.isoformat(), "reason": item.reason, "wants": wants})


def put_back(item: RecordItem, moved_at: datetime | None) -> list[str]:
    """As they stood before the move of that moment; returns the names of the fields to save."""
    former = json.loads(item.former or "{}")
    if not former or moved_at is None or datetime.fromisoformat(former["moved_at"]) != moved_at:
        return []  # that move changed no words
    item.reason, item.former = former["reason"], ""
    wanted = {what: (words, datetime.fromisoformat(asked_at)) for what, words, asked_at in former["wants"]}
    item.wants.open().filter(asked_at__gte=moved_at).exclude(what__in=wanted).delete()
    there = {want.what: want for want in _open(item)}
    for what, (words, asked_at) in wanted.items():
        if item.wants.filter(what=what, asked_at=asked_at, met_at__isnull=False).exists():
            continue  # done since
        want = there.get(what) or Want(item=item, what=what)
        want.words, want.asked_at = words, asked_at
        want.save()
    return ["reason", "former"]


def _open(item: RecordItem) -> list[Want]:
    found = list(item.wants.open())
    for want in found:
        want.item = item  # so that its sealed words open without another look
    return found
