"""Administrators' words in place of ours: read once for many messages, and only while they fit what the code says."""

from dataclasses import replace
from uuid import UUID

import structlog
from django.utils import translation

from portal.reminders import patterns, wording_rules
from portal.reminders.kinds import Words
from portal.reminders.models import Wording
from portal.reminders.patterns import Pattern

log = structlog.get_logger(__name__)

KEPT_AT_MOST = 1000
_read: dict[UUID, Wording | None] = {}  # None: it does not fit


class Wordings:
    """The changed words that hold now, read with the first one asked for; or those given, for a preview."""

    def __init__(self, held: dict[tuple[str, str], dict[str, str]] | None = None) -> None:
        self._held = held

    def parts(self, pattern: Pattern, language: str) -> dict[str, str] | None:
        """The words of a pattern in this language; None when ours hold."""
        if self._held is None:
            self._held = fitting()
        return self._held.get((pattern.code, language))

    def reworded(self, words: Words, language: str) -> Words:
        """The same said in an administrator's words; as it is where there are none."""
        changed = self.parts(words.pattern, language) if words.pattern else None
        return replace(words, **patterns.filled(changed, words.named)) if changed else words

    def filled(self, pattern: Pattern, named: dict[str, object]) -> dict[str, str]:
        """Words that are not a message's own, filled, in the active language."""
        parts = self.parts(pattern, translation.get_language() or "en") or pattern.ours()
        return patterns.filled(parts, named)


def fitting() -> dict[tuple[str, str], dict[str, str]]:
    """The newest words by code and language that fit; what an upgrade made false gives way to ours.

    One query for their ids. A row never changes, nor does the code while a process runs: each is read and judged once.
    """
    ids = list(Wording.objects.holding().values_list("pk", flat=True))
    if len(_read) > KEPT_AT_MOST:
        _read.clear()
    if new := [pk for pk in ids if pk not in _read]:
        _read.update({row.pk: row if is_fitting(row) else None for row in Wording.objects.filter(pk__in=new)})
    rows = [row for pk in ids if (row := _read.get(pk)) and row.parts]
    return {(row.code, row.language): row.parts for row in rows}


def is_fitting(row: Wording) -> bool:
    """Whether what is stored can go out as the code is now. Nothing stored, "back to ours", always can."""
    pattern = patterns.known(row.code)
    with translation.override(row.language):  # examples are as long as they are in that language
        is_good = not row.parts or (pattern is not None and not wording_rules.problems(pattern, row.parts))
    if not is_good:
        log.warning("wording_does_not_fit", code=row.code, version=row.version)
    return is_good
