"""What a version of a summary says that an earlier one did not, and what it no longer says, part by part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.reviews import frozen
from cases.reviews.models import Summary


@dataclass(frozen=True)
class Change:
    """One part that is not as it was: its new points, and those taken out, each in words with its page."""

    code: str
    heading: str
    added: list[str]
    removed: list[str]


@dataclass(frozen=True)
class Since:
    """What changed since an earlier version."""

    number: int
    changes: list[Change]


def between(before: frozen.Body, after: frozen.Body) -> list[Change]:
    """The parts that differ, in the order of the page. A point that says something else is taken out and new."""
    earlier, later = frozen.said(before), frozen.said(after)
    found = [
        Change(code, str(heading), _only(later[code], earlier[code]), _only(earlier[code], later[code]))
        for code, heading in frozen.HEADINGS.items()
    ]
    return [change for change in found if change.added or change.removed]


def _only(these: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    only = []
    for line in these:
        if line in left:
            left.remove(line)
        else:
            only.append(line)
    return only


def since(versions: Iterable[Summary], chosen: Summary) -> Since | None:
    """What changed in a version since the one before it. What was taken back is compared with nothing."""
    earlier = [each for each in versions if each.state == "shared" and each.number < chosen.number and each.frozen]
    if not earlier or not chosen.frozen:
        return None
    before = max(earlier, key=lambda each: each.number)
    return Since(before.number, between(before.frozen, chosen.frozen))


def newest_of(versions: Iterable[Summary]) -> Summary | None:
    """The newest version that stands."""
    return max((each for each in versions if each.state == "shared"), key=lambda each: each.number, default=None)


def heading(found: Since) -> str:
    return _("What changed since version %(number)s") % {"number": found.number}


def on_paper(found: Since) -> dict[str, object]:
    """The same as a part of the PDF."""
    items = [
        {"heading": change.heading, "text": words % {"words": line}, "page": ""}
        for change in found.changes
        for words, lines in ((_("New: %(words)s"), change.added), (_("Taken out: %(words)s"), change.removed))
        for line in lines
    ]
    intro = "" if items else _("The words are the same.")
    return {"heading": heading(found), "intro": intro, "items": items}
