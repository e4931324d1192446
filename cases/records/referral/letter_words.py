"""Our words for the letters that ask for a referral, as paragraphs. No diagnosis: a front desk reads them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cases.records.referral.letter_models import LetterKind
from portal import when

LETTERS_AT_MOST = 4000


@dataclass(frozen=True)
class Run:
    """A part of a paragraph; what a desk looks for is strong."""

    text: str
    is_strong: bool = False


Paragraph = list[Run]


@dataclass(frozen=True)
class Facts:
    """What a letter is made of; names are empty where nobody has given them."""

    patient: str
    born_on: date | None
    phone: str
    to: str
    to_office: str
    first: str  # the doctor whose plan it is, where the letter goes to another
    this: str  # the second or third doctor
    office: str
    office_phone: str
    office_fax: str
    today: date
    needed_by: date | None
    visit_on: date | None
    treatment_on: date | None
    is_third: bool


def our_words(kind: str, facts: Facts) -> list[Paragraph]:
    body = _another(facts) if kind == LetterKind.ANOTHER else _refer(facts)
    paragraphs = [*_opening(facts), *body, _report(facts), _signed(facts)]
    return [paragraph for paragraph in paragraphs if paragraph]


def own_words(words: str) -> list[Paragraph]:
    """What somebody wrote, by its empty lines."""
    parts = [part.strip("\n") for part in words.replace("\r\n", "\n").split("\n\n")]
    return [[Run(part)] for part in parts if part.strip()]


def as_text(paragraphs: Sequence[Paragraph]) -> str:
    """The letter to change in place."""
    return "\n\n".join("".join(run.text for run in paragraph) for paragraph in paragraphs)


def _plain(*sentences: str) -> Paragraph:
    text = " ".join(sentence for sentence in sentences if sentence)
    return [Run(text)] if text else []


def _with_strong(text: str, strong: str) -> Paragraph:
    """The paragraph with one part of it strong."""
    before, found, after = text.partition(strong)
    if not strong or not found:
        return _plain(text)
    return [run for run in (Run(before), Run(strong, is_strong=True), Run(after)) if run.text]


def _opening(facts: Facts) -> list[Paragraph]:
    to, office = facts.to, facts.to_office
    line = _("To %(who)s") % {"who": ", ".join([part for part in (to, office) if part])} if to else _("To my doctor")
    dear = _("Dear %(doctor)s,") % {"doctor": to} if to else _("Dear doctor,")
    return [_plain(line), _plain(when.month_day(facts.today, year=True)), _plain(dear)]


def _refer(facts: Facts) -> list[Paragraph]:
    how = _("This is how I like to make big medical decisions: I hear more than one view.")
    if not facts.this:
        whom = _("Please refer me to a specialist who does not work with my first doctor.")
        return [_plain(how, whom), _plain(_reason(facts))]
    place = ", ".join([part for part in (facts.this, facts.office) if part])
    reach = [
        _("phone %(number)s") % {"number": facts.office_phone} if facts.office_phone else "",
        _("fax %(number)s") % {"number": facts.office_fax} if facts.office_fax else "",
    ]
    whom = _("Please refer me to %(doctor)s.") % {"doctor": ", ".join([place, *[part for part in reach if part]])}
    return [_with_strong(f"{how} {whom}", place), _when(facts), _plain(_reason(facts))]


def _another(facts: Facts) -> list[Paragraph]:
    """To the primary doctor, once the first one said no."""
    if facts.first:
        said_no = _("I asked %(doctor)s to refer me for another view. The answer was no.") % {"doctor": facts.first}
        whom = _("Please refer me to a specialist who does not work with %(doctor)s.") % {"doctor": facts.first}
    else:
        said_no = _("I asked to be referred for another view. The answer was no.")
        whom = _("Please refer me to a specialist who does not work with my first doctor.")
    how = _("I still want one. This is how I like to make big medical decisions.")
    return [_plain(said_no, how), _with_strong(whom, whom), _plain(_("If you cannot, please tell me who can."))]


def _when(facts: Facts) -> Paragraph:
    if facts.needed_by is None:
        return []
    by = _("by %(day)s") % {"day": when.day(facts.needed_by)}
    sentences = [_("Please send your letter %(by_day)s.") % {"by_day": by}]
    if facts.visit_on:
        sentences.append(_("My visit there is on %(day)s.") % {"day": when.day(facts.visit_on)})
    return _with_strong(" ".join(sentences), by)


def _reason(facts: Facts) -> str:
    if facts.is_third:
        reason = _("The reason in one line: a third opinion, since I still wonder after two.")
    elif facts.first:
        reason = _("The reason in one line: a second opinion on %(doctor)s’s plan.") % {"doctor": facts.first}
    else:
        reason = _("The reason in one line: a second opinion on my treatment plan.")
    if facts.treatment_on is None:
        return reason
    day = {"day": when.month_day(facts.treatment_on)}
    return f"{reason} {_('My treatment is planned to begin on %(day)s.') % day}"


def _report(facts: Facts) -> Paragraph:
    if facts.this:
        whose = _("Please ask %(doctor)s’s office to send you its report, so that everything is in one place.")
        return _plain(whose % {"doctor": facts.this})
    return _plain(_("Please ask their office to send you its report, so that everything is in one place."))


def _signed(facts: Facts) -> Paragraph:
    born = _("born %(day)s") % {"day": when.month_day(facts.born_on, year=True)} if facts.born_on else ""
    name = ", ".join([part for part in (facts.patient, born) if part])
    phone = _("Phone %(number)s") % {"number": facts.phone} if facts.phone else ""
    return _plain(f"{name}." if phone else name, phone)
