"""The three presses by which a paper is filed: whose it is, what it is about, what it says."""

from dataclasses import dataclass
from datetime import date

from cases.case.models import Case
from cases.desk.letters.models import Letter
from cases.desk.tray.states import About, Said
from cases.records.models import RecordItem

ANSWERS = (Said.SENT, Said.NOT_FOUND, Said.NEEDS)  # about a record, by a paper that is not the record itself


@dataclass(frozen=True)
class Filing:
    """What is to be done with a paper."""

    case: Case
    about: str
    item: RecordItem | None = None  # of About.ITEM, and of the office whose permission About.RELEASE is
    letter: Letter | None = None  # of About.LETTER: the one whose strip this is
    lines: tuple[tuple[RecordItem, str], ...] = ()  # of About.LETTER: what it says of each record
    said: str = ""
    on: date | None = None
    carrier: str = ""
    tracking: str = ""
    needs: tuple[str, ...] = ()
    fee: str = ""
    words: str = ""
    to: str = ""  # of a report: whom it went to

    @property
    def is_answer(self) -> bool:
        """Whether somebody answers: the paper itself is nothing that a case waits for."""
        return self.about == About.LETTER or (self.about == About.ITEM and self.said in ANSWERS)
