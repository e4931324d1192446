"""What a strip can say, by the letter that it hung on: of all its records at once, of each, or of the report. Pure."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.desk.letters.states import LetterKind
from cases.desk.tray.states import Said

T = TypeVar("T")

NOTHING = "none"  # of one record: the strip says nothing of it
ASKING = (Said.SENT, Said.NOT_FOUND, Said.NEEDS)
OFFERED: dict[str, tuple[Said, ...]] = {
    LetterKind.RECORDS: ASKING,
    LetterKind.SLIDES: ASKING,
    LetterKind.AGAIN: ASKING,
    LetterKind.COVER: (Said.CAME, Said.MISSING, Said.NO_OPEN),
    LetterKind.REPORT: (Said.SENT,),
    LetterKind.PASS_ON: (Said.CAME, Said.MISSING, Said.NO_OPEN),
}
OF_REPORT = frozenset({LetterKind.REPORT, LetterKind.PASS_ON})  # they name no record
OF_ONE = {
    **OFFERED,
    LetterKind.COVER: (Said.CAME, Said.MISSING, Said.NOT_COME, Said.NO_OPEN),
    **dict.fromkeys(OF_REPORT, ()),
}
OF_ALL = frozenset({*ASKING, Said.CAME})  # said of every record of which nothing else is said
TROUBLE = frozenset({Said.MISSING, Said.NOT_COME, Said.NO_OPEN})


class To(TextChoices):
    """Whom a report went to, as its strip has it."""

    PRIMARY = "primary", _("To the primary doctor")
    OTHER = "other", _("To somebody else")


def lines_of(said: str, own: Iterable[tuple[T, str]]) -> list[tuple[T, str]]:
    """What is said of each record: its own word, else the one for all. Trouble is said of a record, not of all.

    A letter with one record has only that to speak of.
    """
    each = list(own)
    for_all = said if said in OF_ALL or len(each) == 1 else ""
    found = [(thing, word or for_all) for thing, word in each]
    return [(thing, word) for thing, word in found if word and word != NOTHING]
