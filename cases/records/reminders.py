"""The kinds of reminder about visits and records: when each still stands, and what it says, never clinical."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import ask_to_do
from cases.case.models import Case
from cases.records import patterns, planning, rules
from cases.records.actions import give_back, say_took_place, tell, undo
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.states import IN_TROUBLE, UNASKED, ItemState, Route, VisitState
from portal import clock, when
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders.kinds import CALL, DONE, REMINDER, Kind, Words, say
from portal.reminders.models import RecipientType, Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import things

Rows = Sequence[Reminder]


def about_items() -> QuerySet[RecordItem]:
    return RecordItem.objects.select_related("kind", "visit__case__patient", "visit__case__key", "visit__office")


def items_of(rows: Rows) -> dict[UUID, RecordItem]:
    """The records that rows are about, with what their words need. One query."""
    return things(rows, about_items)


def _about_visits() -> QuerySet[Visit]:
    return Visit.objects.select_related("case__patient", "clinician")


def _visits(rows: Rows) -> dict[UUID, Visit]:
    return things(rows, _about_visits)


def item_still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Each word about a record and each new visit day raises its version, so an older row is over."""
    items = items_of(rows)
    return {
        row.pk
        for row in rows
        if (item := items.get(row.about_id))
        and item.version == row.version
        and item.visit.state in {VisitState.PLANNED, VisitState.BOOKED}
        and item.visit.case.state != Case.State.CLOSED
    }


def due_back_still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Whatever became of the visit: what is lent goes back."""
    items = items_of(rows)
    return {
        row.pk
        for row in rows
        if (item := items.get(row.about_id))
        and item.version == row.version
        and item.due_back_on
        and item.back_on is None
        and item.visit.case.state != Case.State.CLOSED
    }


def visit_still_due(rows: Rows, now: datetime) -> set[UUID]:
    visits = _visits(rows)
    return {
        row.pk
        for row in rows
        if (visit := visits.get(row.about_id))
        and visit.version == row.version
        and visit.state == VisitState.BOOKED
        and visit.case.state != Case.State.CLOSED
    }


def _page(case_id: UUID) -> str:
    return reverse("records:list", args=[case_id])


def request_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    items, today = items_of(rows), when.as_date(now, reader.zone)
    return {row.pk: _request(items[row.about_id], row, when.as_date(row.due_at, reader.zone), today) for row in rows}


def _is_hers(item: RecordItem, row: Reminder) -> bool:
    """Whether a row goes to the patient: a role's row, and those it is handed on to, are ours."""
    return row.recipient == (RecipientType.USER, str(item.visit.case.patient_id))


def _for_us(item: RecordItem, lead: str, line: str, subject: str, action_label: str) -> Words:
    """Words for coordinators: the case by its reference, and no question, since they say it on the page."""
    lead = lead % {"case": item.visit.case.reference}
    return Words(subject=subject, lead=lead, line=line, action_label=action_label, path=_page(item.visit.case_id))


def _request(item: RecordItem, row: Reminder, day: date, today: date) -> Words:
    if not _is_hers(item, row):
        line = _("We asked for it, and it was not found or is no use. The case says what was wrong.")
        return _for_us(item, _("%(case)s: one to ask for again"), line, _("One to ask for again"), _("See what it is"))
    pattern = patterns.REQUEST_SOON if day < today else patterns.REQUEST
    return say(pattern, {"day": when.day(day)}, path=_page(item.visit.case_id))


def why_request(row: Reminder) -> str:
    """Shown behind sign-in only, so it may name the record."""
    if name := _name(row):
        return _("%(record)s should be asked for, so that it is there for your visit.") % {"record": name}
    return _("It should be asked for, so that it is there for your visit.")


def why_chase(row: Reminder) -> str:
    if name := _name(row):
        return _("%(record)s was asked for, and nobody has said yet that it is there.") % {"record": name}
    return _("It was asked for, and nobody has said yet that it is there.")


def _name(row: Reminder) -> str:
    """What an open row is about; one that is settled keeps its general words, which cost no query."""
    item = None if row.settled_at else items_of([row]).get(row.about_id)
    return item.called if item else ""


def chase_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    items = items_of(rows)
    return {row.pk: _chase(items[row.about_id], row) for row in rows}


def _chase(item: RecordItem, row: Reminder) -> Words:
    if _is_hers(item, row):
        return say(patterns.CHASE, path=_page(item.visit.case_id))
    lead = _("%(case)s: no word yet")
    line = _("We asked for it. A short call may help it along.")
    if item.state == ItemState.HELD:
        lead, line = _("%(case)s: one to send on"), _("Its file is with us and goes to the second doctor.")
    return _for_us(item, lead, line, _("Any news of what you asked for?"), _("See what it is"))


def hand_over_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    items = items_of(rows)
    return {row.pk: _hand_over(items[row.about_id]) for row in rows}


def _hand_over(item: RecordItem) -> Words:
    lead = _("%(case)s: no word yet, please take over")
    line = _("It was asked for, and its day has come. Call the office that has it.")
    if item.state == ItemState.SENT:
        line = _("It was sent, and nobody has said that it is there. Call the second office.")
    if item.state == ItemState.HELD:
        lead = _("%(case)s: still with us, please send it on")
        line = _("Its file is with us, and its day has come. Send it to the second office, and say so on the page.")
    return _for_us(item, lead, line, _("One to take over"), _("Open the case"))


def due_back_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    items = items_of(rows)
    found = ((row.pk, items[row.about_id]) for row in rows)
    return {pk: _due_back(item, item.due_back_on, reader, now) for pk, item in found if item.due_back_on}


def _due_back(item: RecordItem, day: date, reader: Reader, now: datetime) -> Words:
    is_over = day < when.as_date(now, reader.zone)
    if item.route == Route.CARRIED:
        pattern = patterns.OVERDUE if is_over else patterns.DUE_BACK
        return say(pattern, {"day": when.day(day)}, path=_page(item.visit.case_id))
    line = _("It was to be back by %(day)s.") if is_over else _("It is to be back by %(day)s.")
    return Words(
        subject=_("Something goes back"),
        lead=_("%(case)s: Something that was lent goes back") % {"case": item.visit.case.reference},
        line=line % {"day": when.day(day)},
        action_label=_("See what it is"),
        path=_page(item.visit.case_id),
        question=_("Is it back?"),
        question_hint=_("Done means whoever lent it has it again."),
    )


def why_due_back(row: Reminder) -> str:
    if name := _name(row):
        return _("%(record)s was lent, and its day to go back has come.") % {"record": name}
    return _("It was lent, and its day to go back has come.")


def before_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    visits = _visits(rows)
    return {row.pk: _before(visits[row.about_id], row.step, reader) for row in rows}


def _before(visit: Visit, days: int, reader: Reader) -> Words:
    on = visit.on_date
    assert on is not None
    if days == 1 and not reader.has_letters:  # a letter is read on another day than it is made
        return say(patterns.VISIT_TOMORROW, at=visit.starts_at, path=reverse("pages:carry", args=[visit.case_id]))
    return say(patterns.BEFORE_VISIT, {"day": when.day(on)}, at=visit.starts_at, path=_page(visit.case_id))


def took_place_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    visits = _visits(rows)
    return {row.pk: say(patterns.TOOK_PLACE, path=visits[row.about_id].get_absolute_url()) for row in rows}


def _call(case: Case, by: Actor) -> None:
    """One wish for a call is one row, wherever it was said."""
    ask_to_do("call", case, case=case, due_on=clock.today(case.patient.zone), by=by)


def answer_request(row: Reminder, choice: str, by: Actor) -> None:
    _answer_item(row, choice, "asked", UNASKED | IN_TROUBLE, by)


def answer_chase(row: Reminder, choice: str, by: Actor) -> None:
    _answer_item(row, choice, "arrived", rules.ITEM_MOVES["arrived"].sources, by)


def _answer_item(row: Reminder, choice: str, verb: str, sources: frozenset[str] | set[str], by: Actor) -> None:
    """Done says the verb, unless it has been said meanwhile; "call me" puts a call on the board."""
    item = items_of([row]).get(row.about_id)
    if item is None:
        return
    if choice == DONE and item.state in sources:
        tell(item, verb, by=by)
    if choice == CALL:
        _call(item.visit.case, by)


def taken_back(thing: RecordItem | Visit | ReportLoop | None, row: Reminder, by: Actor) -> int:
    """Take back what a "done" said of a thing, where it is the last word; the version it is asked about again under."""
    if thing is None or thing.version != row.version + 1:
        raise Refused(_("More has been said since. Sign in to change it, or call us."), code="over")
    undo(thing, why="by_mistake", by=by)
    thing.refresh_from_db(fields=["version"])
    return thing.version


def take_back_item(row: Reminder, by: Actor) -> int:
    return taken_back(items_of([row]).get(row.about_id), row, by)


def take_back_took_place(row: Reminder, by: Actor) -> int:
    return taken_back(_visits([row]).get(row.about_id), row, by)


def answer_due_back(row: Reminder, choice: str, by: Actor) -> None:
    item = items_of([row]).get(row.about_id)
    if item is None:
        return
    if choice == DONE and item.back_on is None:
        give_back(item, by=by)
    if choice == CALL:
        _call(item.visit.case, by)


def answer_took_place(row: Reminder, choice: str, by: Actor) -> None:
    visit = _visits([row]).get(row.about_id)
    if visit is None:
        return
    if choice == DONE and visit.state == VisitState.BOOKED:
        say_took_place(visit, by=by)
    if choice == CALL:
        _call(visit.case, by)


def _kind(code: str, label: str, **rest: object) -> Kind:
    return Kind(code=code, message_class=REMINDER, label=label, **rest)  # type: ignore[arg-type]


KINDS = (
    _kind(
        planning.REQUEST_BY,
        gettext_lazy("Something for your visit waits for you"),
        still_due=item_still_due,
        about=(about_items,),
        words=request_words,
        why=why_request,
        rank=10,
        answer=answer_request,
        take_back=take_back_item,
        patterns=(patterns.REQUEST, patterns.REQUEST_SOON),
    ),
    _kind(
        planning.CHASE,
        gettext_lazy("Any news of what you asked for?"),
        still_due=item_still_due,
        about=(about_items,),
        words=chase_words,
        why=why_chase,
        rank=20,
        answer=answer_chase,
        take_back=take_back_item,
        again_after=3,
        patterns=(patterns.CHASE,),
    ),
    _kind(
        planning.SAFE_BY,
        gettext_lazy("One to take over"),
        still_due=item_still_due,
        about=(about_items,),
        words=hand_over_words,
        why=lambda row: _("It was asked for and its day has come. A person calls from here."),
        rank=10,
    ),
    _kind(
        planning.DUE_BACK,
        gettext_lazy("Something goes back"),
        still_due=due_back_still_due,
        about=(about_items,),
        words=due_back_words,
        why=why_due_back,
        rank=20,
        answer=answer_due_back,
        again_after=3,
        patterns=(patterns.DUE_BACK, patterns.OVERDUE),
    ),
    _kind(
        planning.BEFORE_VISIT,
        gettext_lazy("Your visit is coming up"),
        still_due=visit_still_due,
        about=(_about_visits,),
        words=before_words,
        why=lambda row: _("You saved this visit. If you move or cancel it, this one goes away."),
        rank=20,
        patterns=(patterns.BEFORE_VISIT, patterns.VISIT_TOMORROW),
    ),
    _kind(
        planning.TOOK_PLACE,
        gettext_lazy("Did your visit take place?"),
        still_due=visit_still_due,
        about=(_about_visits,),
        words=took_place_words,
        why=lambda row: _("The day of your visit has passed."),
        rank=15,
        answer=answer_took_place,
        take_back=take_back_took_place,
        again_after=3,
        patterns=(patterns.TOOK_PLACE,),
    ),
)
