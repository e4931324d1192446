"""What a letter says, made of facts: rows, a paragraph, and the strip to answer on. Pure, but for the language."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cases.desk.letters.rules import PLACES, shortened
from cases.desk.letters.states import COVERS, REFERRALS, LetterKind
from cases.records.days.legal_clock import LegalClock
from portal import when

NAMES_AT_MOST = 90  # columns of a person's or an office's name, whatever else has to shrink
ROOM_FOR_ADDRESS = 60  # columns below which desk and street are left out
AHEAD = ("needed_by", "treatment_on")  # days that give whoever reads the page its time
# What a page must not say wrong when it goes. Days that only pass, who wrote it, and how we word things may differ.
MUST_HOLD = (
    *("patient", "born_on", "former_name", "record_number", "accession", "stain", "dates"),
    *("items", "straight_to", "back_on", "with_it", "us", "our_phone", "our_fax"),
    *("behind", "first", "own_words", "visit_on", *AHEAD),
)
# The visit's day stands on the page.
ON_ITS_DAY = COVERS | {LetterKind.REPORT}
LEAST = 20  # columns that stay of a part, however many stand in one line
FIRST, LAST = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Place:
    """Where a record goes: names, which may be shortened, and how to reach them, which may not."""

    names: Sequence[str]
    reach: str = ""
    which: str = ""  # "a, c", where others of the letter go elsewhere


@dataclass(frozen=True)
class Asked:
    """One record as the letter names it."""

    name: str
    asked_on: date | None = None
    answer_by: date | None = None  # by the law's clock, where it was asked for


@dataclass(frozen=True)
class Facts:
    """What a letter is made of; empty where nobody has said it."""

    kind: str
    patient: str
    born_on: date | None
    today: date
    to: Sequence[str]  # the office, its desk, its fax
    us: str
    our_phone: str
    our_fax: str
    our_hours: str
    speak_to: str  # one of us, by name
    items: Sequence[Asked] = ()
    former_name: str = ""
    record_number: str = ""
    accession: str = ""
    stain: str = ""
    dates: str = ""
    straight_to: Sequence[Place] = ()  # one, or one for each way
    needed_by: date | None = None
    back_on: date | None = None
    signed: str = ""
    with_it: Sequence[str] = ()  # further pages, and what lies beside them
    law: LegalClock | None = None
    visit_on: date | None = None
    is_third: bool = False
    is_urgent: bool = False
    paid: str = ""  # when the fee was paid that the office asks for
    behind: Sequence[str] = ()  # which files follow the page, by id
    first: str = ""  # the doctor whose plan it is, where somebody else is to refer
    treatment_on: date | None = None
    own_words: Sequence[str] = ()  # the patient's letter, by paragraph, on a page of its own


def page(facts: Facts, most: int, *, is_roomy: bool = False) -> dict[str, Any]:
    """The page with no value longer than `most` columns. Roomy: with more white between the lines."""
    rows = [row for row in _rows(facts, most) if row["value"]]
    return {
        "kind": facts.kind,
        "is_roomy": is_roomy,
        "title": _title(facts, most),
        "to": [_name(line, most) for line in facts.to if line],
        "date": when.month_day(facts.today, year=True),
        "rows": rows,
        "text": _paragraph(facts, most),
        "strip": _strip(facts),
        "foot": _("Not your patient? Write “not ours” on this page and send it back. Then destroy it.")
        if facts.kind == LetterKind.CODE
        else _("Not your patient? Tick nothing, write “not ours” and send this page back. Then destroy it."),
        "own_words": list(facts.own_words),
        "made_of": made_of(facts),
    }


def made_of(facts: Facts) -> dict[str, Any]:
    """What must still be so when the page goes, kept with it. The office itself is known by its row."""
    known = asdict(facts)
    found = {name: known[name] for name in MUST_HOLD} | {"reach": facts.to[1:]}
    if facts.kind == LetterKind.AGAIN and facts.law:
        found["law"] = facts.law.law
    if facts.paid:
        found["paid"] = facts.paid
    return json.loads(json.dumps(found, default=str))


def is_still_so(said: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a page that was made says nothing that is wrong by now; `facts` are those of today."""
    then, today = dict(said.get("made_of", {})), made_of(facts)
    # By when it is wanted holds until the day moves nearer.
    for name in AHEAD if facts.kind in ON_ITS_DAY else ("visit_on", *AHEAD):
        day_then, day = then.pop(name, None), today.pop(name)
        if day_then and (day < day_then if day else name == "treatment_on"):
            return False
    return bool(then) and all(today.get(name) == value for name, value in then.items())


def _name(name: str, most: int) -> str:
    """A name in a sentence: shortened, and kept apart, so that its direction turns nothing else around."""
    short = shortened(name, min(most, NAMES_AT_MOST))
    return f"{FIRST}{short}{LAST}" if short and not short.isascii() else short


def _title(facts: Facts, most: int) -> str:
    titles = {
        LetterKind.RECORDS: _("A patient asks for records: %(name)s"),
        LetterKind.SLIDES: _("A patient asks for slides: %(name)s"),
        LetterKind.AGAIN: _("A patient asks once more for records: %(name)s"),
        LetterKind.REPORT: _("A patient asks for the report of a visit: %(name)s"),
        LetterKind.COVER: _("Records for a visit: %(name)s"),
        LetterKind.CODE: _("The code to your page about a patient: %(name)s"),
        LetterKind.PASS_ON: _("The report of a visit: %(name)s"),
        LetterKind.REFER: _("A patient asks for a referral: %(name)s"),
        LetterKind.ANOTHER: _("A patient asks for another specialist: %(name)s"),
    }
    return titles[LetterKind(facts.kind)] % {"name": _name(facts.patient, min(most, 60))}


def _rows(facts: Facts, most: int) -> list[dict[str, Any]]:
    """Only what people typed is ever shortened: days and our own words stay whole."""
    is_cover = facts.kind in COVERS
    has_day = facts.visit_on and (facts.kind == LetterKind.COVER or facts.kind in REFERRALS)
    places = [_place(place, most) for place in facts.straight_to]
    rows: list[tuple[str, Sequence[str], bool]] = [
        (_("Patient"), [_patient(facts, most)], False),
        (_("Your number"), [shortened(facts.record_number, most)], False),
        (_("With this page") if is_cover else _("Please send"), _items(facts, most), False),
        (_("Slide number"), [shortened(facts.accession, most)], False),
        (_("Which slides"), [_slides(facts)], False),
        (_("Date range"), [facts.dates], False),
        (_place_label(facts.kind), places, False),
        (_("Why"), [_why_refer(facts, most)], False),
        (_("Visit on"), [when.day(facts.visit_on, year=True)] if facts.visit_on and has_day else [], True),
        (_("Needed by"), [_needed(facts)], True),
        (_("They come back"), [_back(facts)], False),
        (_("Your fee"), [facts.paid], False),
        (_("The law’s date"), [_law(facts)], True),
        (_("Signed"), [_signed(facts)], False),
    ]
    return [
        {"label": label, "value": "\n".join(line for line in lines if line), "is_strong": is_strong}
        for label, lines, is_strong in rows
    ]


def _place_label(kind: str) -> str:
    labels = {
        LetterKind.COVER: _("For the visit with"),
        LetterKind.PASS_ON: _("From"),
        LetterKind.REFER: _("Please refer to"),
        LetterKind.ANOTHER: _("Please refer to"),
    }
    return labels.get(LetterKind(kind), _("Straight to"))


def _why_refer(facts: Facts, most: int) -> str:
    """In a line, without a diagnosis: a front desk reads it."""
    if facts.kind not in REFERRALS:
        return ""
    if facts.is_third:
        line = _("A third opinion.")
    elif facts.first:
        line = _("A second opinion on the plan of %(doctor)s.") % {"doctor": _name(facts.first, most)}
    else:
        line = _("A second opinion on the treatment plan.")
    if facts.treatment_on is None:
        return line
    day = {"day": when.month_day(facts.treatment_on, year=True)}
    return f"{line} " + _("Treatment is planned to begin on %(day)s.") % day


def _place(place: Place, most: int) -> str:
    names = [name for name in place.names if name]
    if most < ROOM_FOR_ADDRESS:
        names = names[:2]  # the doctor and the office; the numbers reach the rest
    room = max(most // max(len(names), 1), LEAST)
    # What short names leave is the long ones'.
    long = [name for name in names if len(name) > room]
    if long:
        room = max((most - sum(len(name) for name in names if name not in long)) // len(long), room)
    to = ", ".join([*(_name(name, room) for name in names), *([place.reach] if place.reach else [])])
    return _("%(places)s: %(to)s") % {"places": place.which, "to": to} if place.which else to


def _patient(facts: Facts, most: int) -> str:
    """The name is shortened, so that the birth date stays."""
    parts = [_name(facts.patient, max(most - LEAST, LEAST + 10))]
    if facts.born_on:
        parts.append(_("born %(day)s") % {"day": when.month_day(facts.born_on, year=True)})
    if facts.former_name:
        parts.append(_("former name %(name)s") % {"name": _name(facts.former_name, max(min(most, 60) - LEAST, LEAST))})
    return ", ".join(parts)


def _items(facts: Facts, most: int) -> list[str]:
    if facts.kind in REFERRALS:
        return []
    if facts.kind in {LetterKind.REPORT, LetterKind.PASS_ON}:
        day = when.month_day(facts.visit_on, year=True) if facts.visit_on else ""
        report = _("The report of the visit on %(day)s") % {"day": day} if day else _("The report of the visit")
        return [report]
    if len(facts.items) == 1:
        return [_item(facts.items[0], facts, most)]
    return [f"{place}) {_item(item, facts, most - 3)}" for place, item in zip(PLACES, facts.items, strict=False)]


def _item(item: Asked, facts: Facts, most: int) -> str:
    if facts.kind != LetterKind.AGAIN or item.asked_on is None:
        return _name(item.name, most)
    asked = _("asked for on %(day)s") % {"day": when.month_day(item.asked_on, year=True)}
    return f"{_name(item.name, max(most - len(asked), LEAST))}, {asked}"


def _slides(facts: Facts) -> str:
    if facts.kind != LetterKind.SLIDES:
        return ""
    recuts = _("If slides stay with you: recuts. With the report.")
    return f"{facts.stain}. {recuts}" if facts.stain else recuts


def _needed(facts: Facts) -> str:
    if facts.needed_by is None:
        return ""
    day = when.day(facts.needed_by, year=True)
    return _("%(day)s. Urgent: call us if it cannot be there by then.") % {"day": day} if facts.is_urgent else day


def _back(facts: Facts) -> str:
    if facts.kind != LetterKind.SLIDES:
        return ""
    if facts.back_on is None:
        return _("When they were read. Write the day by which you need them.")
    return _("By %(day)s") % {"day": when.month_day(facts.back_on, year=True)}


def _law(facts: Facts) -> str:
    """The clock of the office's own jurisdiction; said as unconfirmed where nobody has looked it up."""
    days = sorted({item.answer_by for item in facts.items if item.answer_by})
    if facts.law is None or not days or facts.kind != LetterKind.AGAIN:
        return ""
    named = {"law": facts.law.law, "day": when.month_day(days[0], year=True)}
    if not facts.law.is_confirmed:
        return _("%(day)s, counting 30 days (not confirmed for where you are)") % named
    return _("%(day)s: the first answer is due then under %(law)s") % named


def _signed(facts: Facts) -> str:
    if not facts.with_it:
        return facts.signed
    return f"{facts.signed} " + _("With this page: %(pages)s.") % {"pages": ", ".join(facts.with_it)}


def _paragraph(facts: Facts, most: int) -> str:
    third = _("This is for a third opinion.") if facts.is_third else _("This is for a second opinion.")
    why = {
        LetterKind.REPORT: _("Please send it to the primary doctor, so that all is in one place."),
        LetterKind.COVER: _("We pass this on for the patient."),
        LetterKind.CODE: _(
            "The page shows what is asked of your office, and takes your answer. It asks for the code below and for "
            "the patient’s birth date, which stands in your own records."
        ),
        LetterKind.PASS_ON: _(
            "We pass this on for the patient. Please put it in the chart, and tell us that it is there."
        ),
        LetterKind.REFER: _(
            "The patient likes to hear more than one view before a big decision. Please ask that office to "
            "send you its report, so that all is in one place."
        ),
        LetterKind.ANOTHER: _(
            "The patient asked the first specialist, who said no. If you cannot refer, please tell us who can."
        ),
        LetterKind.AGAIN: f"{third} "
        + _("We have no answer yet. If you sent it, tick when. If something holds it up, say what."),
    }.get(LetterKind(facts.kind), third)
    if facts.kind in REFERRALS:
        keeps = _("The patient signed that %(us)s may ask about the records of this case, receive and pass them on.")
    else:
        keeps = _("The patient signed that %(us)s may ask about these records, receive them and pass them on.")
    keeps %= {"us": facts.us}
    return " ".join(part for part in (why, keeps, _speak(facts, most)) if part)


def _speak(facts: Facts, most: int) -> str:
    if not facts.our_phone:
        return ""
    named = {"who": _name(facts.speak_to, most) or facts.us, "phone": facts.our_phone, "hours": facts.our_hours}
    if facts.our_hours:
        return _("You may speak to %(who)s: %(phone)s, %(hours)s.") % named
    return _("You may speak to %(who)s: %(phone)s.") % named


def _strip(facts: Facts) -> dict[str, Any]:
    if facts.kind == LetterKind.CODE:
        return _code_strip(facts)
    if facts.kind in REFERRALS:
        return _strip_for_referral(facts)
    many = len(facts.items) > 1
    is_cover, is_report = facts.kind in COVERS, facts.kind == LetterKind.REPORT
    bad = _("Cannot be read:") if facts.kind == LetterKind.PASS_ON else _("Will not open:")
    return _around_strip(facts) | {
        "lines": list(PLACES[: len(facts.items)]) if many and not is_cover else [""],
        "sent": _("All of it came on") if is_cover else _("We sent it on"),
        "sent_by": "" if is_cover else (_("to") if is_report else _("by")),
        "tracking": "" if is_cover or is_report else _("tracking"),
        "not_found": _("Something is missing:") if is_cover else _("We cannot find it"),
        "not_found_line": is_cover,
        "needs": bad if is_cover else _("We need:"),
        "needs_ticks": [] if is_cover else [_("our own form"), _("copy of ID"), _("a fee of")],
        "needs_other": "" if is_cover else _("other:"),
        "which": _("For which:") if many and not is_cover else "",
    }


def _strip_for_referral(facts: Facts) -> dict[str, Any]:
    return _around_strip(facts) | {
        "lines": [""],
        "sent": _("We sent our letter on"),
        "sent_by": _("to"),
        "tracking": "",
        "not_found": _("We do not refer, since:"),
        "not_found_line": True,
        "needs": _("We need:"),
        "needs_ticks": [_("a visit first"), _("our own form"), _("a fee of")],
        "needs_other": _("other:"),
        "which": "",
    }


def _around_strip(facts: Facts) -> dict[str, str]:
    """Where the strip goes back to, and who answers."""
    names = {"fax": facts.our_fax, "phone": facts.our_phone}
    return {
        "heading": _("Answer: tick, and fax this page to %(fax)s") % names
        if facts.our_fax
        else _("Answer: tick, and send this page back"),
        "name": _("Name"),
        "phone": _("Phone"),
        "call": _("Or call %(phone)s.") % names if facts.our_phone else "",
    }


def _code_strip(facts: Facts) -> dict[str, Any]:
    """Nothing to tick: the frame holds the code alone."""
    blank = dict.fromkeys(("sent", "sent_by", "tracking", "not_found", "needs", "needs_other", "which"), "")
    return {
        **blank,
        "heading": _("The code"),
        "lines": [],
        "not_found_line": False,
        "needs_ticks": [],
        "name": "",
        "phone": "",
        "call": _("Without the page, call %(phone)s.") % {"phone": facts.our_phone} if facts.our_phone else "",
    }
