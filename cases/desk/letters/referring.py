"""What the letters that ask for a referral are made of: whom to refer to, by when, and the patient's own words."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.desk.letters.states import LetterKind
from cases.desk.letters.words import Place
from cases.records.models import Visit
from cases.records.referral import letters
from cases.records.referral.letter_words import Facts as Known
from cases.records.visits import rounds


class Referring:
    """The patient's letter of this kind as it is now, in the words of whoever reads it."""

    def __init__(self, kind: str, visit: Visit, now: datetime) -> None:
        case, self.kind = visit.case, kind
        about, doctors = rounds.of(case, visit.round), letters.doctors_of(case)
        self._letter = letters.of(case, about, kind, doctors, now)
        self._known: Known = letters.facts_of(case, about, self._letter.to, doctors, now)

    @property
    def doctor(self) -> str:
        return self._known.to

    @property
    def needed_by(self) -> date | None:
        return self._known.needed_by

    @property
    def treatment_on(self) -> date | None:
        return self._known.treatment_on

    @property
    def first(self) -> str:
        """The doctor whose plan it is, where the letter goes to another."""
        return self._known.first

    @property
    def own_words(self) -> list[str]:
        """What the patient wrote herself, by paragraph; nothing where it says ours, which this page says."""
        return self._letter.text.split("\n\n") if self._letter.is_own else []

    def to_whom(self, there: Place) -> Place:
        """`there`: the second doctor, where one is named."""
        if self.kind == LetterKind.REFER and self._known.this:
            return there
        if self.first:
            return Place([_("a specialist who does not work with %(doctor)s") % {"doctor": self.first}])
        return Place([_("a specialist who does not work with the first doctor")])
