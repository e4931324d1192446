"""Questions as the pages show them: by visit, call and talk, with what each reader may do."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Consultation
from cases.case.models import Case
from cases.opinions.questions import rules, targets
from cases.opinions.questions.models import Question
from cases.opinions.questions.rules import ON_TOP, AnsweredIn, CameOf, QuestionState
from cases.opinions.questions.targets import Target, Targets
from portal import clock, when


@dataclass(frozen=True)
class Row:
    """One question on the page."""

    question: Question
    hints: list[str]
    may_change: bool
    may_order: bool
    may_answer: bool
    is_last_on_top: bool = False
    has_room_on_top: bool = False


@dataclass
class Group:
    """Those of one visit, call or talk: open ones first, then the answered ones."""

    target: Target
    rows: list[Row] = field(default_factory=list)

    @property
    def counted(self) -> str:
        answered = sum(row.question.state == QuestionState.ANSWERED for row in self.rows)
        said = ngettext("%(answered)d of %(all)d answered", "%(answered)d of %(all)d answered", len(self.rows))
        return said % {"answered": answered, "all": len(self.rows)}


def of_case(case: Case, user: Any) -> list[Question]:
    """What this person may read, in order. One query."""
    found = Question.objects.visible_to(user).filter(case=case)
    rows = list(found.select_related("put_in_by", "settled_by", "written_by").in_order())
    for row in rows:
        row.case = case
    return rows


def groups(questions: Sequence[Question], known: Targets, role: str, user: Any) -> list[Group]:
    """By what they are for, in the order of the days; what has no visit yet comes last."""
    found: dict[str, list[Question]] = {}
    for question in questions:
        if question.state != QuestionState.DROPPED:
            found.setdefault(known.of(question).key, []).append(question)
    order = [*(target for target in known.all() if target.key in found), targets.later()]
    return [_group(target, found[target.key], known, role, user) for target in order if target.key in found]


def _group(target: Target, questions: list[Question], known: Targets, role: str, user: Any) -> Group:
    on_top = [each.pk for each in questions if each.top]
    group = Group(target)
    for each in sorted(questions, key=lambda question: not question.is_open):
        group.rows.append(
            Row(
                each,
                hints_of(each, known, role, user),
                may_change=rules.may_change(role, each.put_in_by_id == user.pk),
                may_answer=not each.answer or rules.may_change(role, each.settled_by_id == user.pk),
                may_order=rules.may_order(role) and each.is_open,
                is_last_on_top=bool(on_top) and each.pk == on_top[-1],
                has_room_on_top=len(on_top) < ON_TOP,
            )
        )
    return group


def hints_of(question: Question, known: Targets, role: str, user: Any) -> list[str]:
    """Who put it in, where it was answered, who sees it."""
    said = []
    if question.written_by:
        named = {"who": question.written_by.name, "name": question.put_in_by.first_name}
        said.append(_("Written down by %(who)s for %(name)s on the phone.") % named)
    elif question.put_in_by_id != user.pk:
        words = _("%(name)s added this.")
        if question.came_of == CameOf.READING and role == rules.PATIENT:
            words = _("%(name)s added this after reading your plan.")
        elif question.came_of == CameOf.READING:
            words = _("%(name)s added this after reading the plan.")
        said.append(words % {"name": question.put_in_by.first_name})
    if question.state == QuestionState.ANSWERED:
        said.append(_answered(question, known))
        if question.answer and question.settled_by and question.settled_by_id != user.pk:
            said.append(_("%(name)s wrote this down.") % {"name": question.settled_by.first_name})
    if question.is_private:
        said.append(_("Private: our team does not see it."))
    return said


def _answered(question: Question, known: Targets) -> str:
    place = known.by_key(f"{question.answered_in}:{question.answered_id}") if question.answered_id else None
    where = place.heading_of_place if place else AnsweredIn(question.answered_in).label
    assert question.settled_at is not None, "answered ⇔ settled"
    if question.answered_in == AnsweredIn.ELSEWHERE:
        return _("Answered on %(day)s.") % {"day": when.month_day(question.settled_at)}
    return _("Answered: %(where)s.") % {"where": where}


def dropped(questions: Sequence[Question], role: str, user: Any) -> list[Question]:
    """What can be taken back, the latest first."""
    found = [each for each in questions if each.state == QuestionState.DROPPED]
    found = [each for each in found if rules.may_change(role, each.put_in_by_id == user.pk)]
    return sorted(found, key=lambda each: each.settled_at or each.put_in_at, reverse=True)


def asked_in_call(case: Case, call: Consultation, user: Any, now: datetime) -> list[str]:
    """The three that come first in this call, as far as `user` may read them, then those that a summary answered."""
    first, answered = asked_and_answered(case, call, user, now)
    return first + answered


def asked_and_answered(case: Case, call: Consultation, user: Any, now: datetime) -> tuple[list[str], list[str]]:
    """The same, apart. For a call whose words never came onto the list, what she wrote when she booked is asked."""
    return _asked_in(call, case, _every(case, user), now)


def asked_in_reading(case: Case, call: Consultation | None, user: Any, now: datetime) -> tuple[list[str], list[str]]:
    """The same for a plan that is read, with a call or without one. Where nothing is asked in a call: her open
    questions, those on top first, three at most, and those that a summary answered; with a call those for nothing yet.
    What was raised after reading is for her doctors.
    """
    every = _every(case, user)
    found = _asked_in(call, case, every, now) if call else ([], [])
    if any(found):
        return found
    rows = [row for row in every if row.is_seen and row.came_of != CameOf.READING]
    if call:
        rows = [row for row in rows if not (row.for_visit_id or row.for_talk_id or row.for_consultation_id)]
    first = [row.text for row in rows if row.is_open][:ON_TOP]
    return first, [row.text for row in rows if row.answered_in == AnsweredIn.SUMMARY]


def _every(case: Case, user: Any) -> list[Any]:
    """Each with whether this person may read it. One query."""
    is_seen = Exists(Question.objects.visible_to(user).filter(pk=OuterRef("pk")))
    return list(Question.objects.filter(case=case).annotate(is_seen=is_seen).select_related("case__key").in_order())


def _asked_in(call: Consultation, case: Case, every: list[Any], now: datetime) -> tuple[list[str], list[str]]:
    rows = [each for each in every if each.is_seen]
    found = [each for each in rows if each.for_consultation_id == call.pk]
    if any(each.for_consultation_id not in {None, call.pk} for each in rows):  # of a call that was booked anew
        calls = Consultation.objects.filter(case=case).select_related("consultant").order_by("starts_at")
        known, key = Targets([], list(calls), [], now), targets.key_of(call)
        found = [each for each in rows if known.of(each).key == key]
    if not found:
        return _words_of_booking(call, every)[:ON_TOP], []
    first = [each.text for each in found if each.is_open][:ON_TOP]
    return first, [each.text for each in found if each.answered_in == AnsweredIn.SUMMARY]


def of_call(case: Case, call: Consultation, user: Any, now: datetime) -> list[Question]:
    """Those whose answer a call may have brought, as far as `user` may read them: for this call, for nothing yet, or
    answered in it. One query, and one more where a call was booked anew.
    """
    rows = [row for row in of_case(case, user) if row.state != QuestionState.DROPPED]
    others = any(row.for_consultation_id not in {None, call.pk} for row in rows)
    calls = (
        Consultation.objects.filter(case=case).select_related("consultant").order_by("starts_at") if others else [call]
    )
    known, key = Targets([], list(calls), [], now), targets.key_of(call)
    return [row for row in rows if _is_of_call(row, call, known, key)]


def of_calls(case: Case, calls: Sequence[Consultation], user: Any, now: datetime) -> dict[UUID, list[Question]]:
    """The same for several calls of a case, by call. Two queries."""
    rows = [row for row in of_case(case, user) if row.state != QuestionState.DROPPED]
    every = list(Consultation.objects.filter(case=case).select_related("consultant").order_by("starts_at"))
    known = Targets([], every, [], now)
    return {call.pk: [row for row in rows if _is_of_call(row, call, known, targets.key_of(call))] for call in calls}


def _is_of_call(row: Question, call: Consultation, known: Targets, key: str) -> bool:
    if row.state == QuestionState.ANSWERED and row.answered_in == AnsweredIn.CONSULTATION:
        return row.answered_id == call.pk
    if row.state == QuestionState.ANSWERED and row.answered_in not in {AnsweredIn.SUMMARY, AnsweredIn.MESSAGE}:
        return False
    if row.for_consultation_id == call.pk:
        return True
    is_for_nothing = row.for_visit_id is None and row.for_talk_id is None and row.for_consultation_id is None
    return known.of(row).key == key or (is_for_nothing and row.is_open)


def asked_for_reader(call: Consultation, user: Any) -> list[str]:
    """The same for the page of the call itself."""
    return asked_in_call(call.case, call, user, clock.now())


def words_of_booking(case: Case, call: Consultation) -> list[str]:
    """What she wrote when she booked, while none of it is a question: since then the list says what stands, and what
    she dropped or keeps private is read nowhere else.
    """
    return _words_of_booking(call, Question.objects.filter(case=case).select_related("case__key"))


def hope_of_call(case: Case, call: Consultation) -> list[str]:
    """What she wants from this call, as she wrote it when she booked: the lines that the team may still read."""
    lines = [line.strip() for line in call.hope.splitlines() if line.strip()]
    still = still_asked(case, lines)
    return [line for line in lines if line in still]


def _words_of_booking(call: Consultation, every: Iterable[Question]) -> list[str]:
    lines = [line.strip() for line in call.hope.splitlines() if line.strip()]
    return [] if lines and any(_is_of_booking(row, call, lines) for row in every) else lines


def _is_of_booking(row: Question, call: Consultation, lines: list[str]) -> bool:
    is_taken_over = row.came_of == CameOf.BOOKING and row.put_in_at >= call.booked_at
    return is_taken_over or row.for_consultation_id == call.pk or row.text in lines


def still_asked(case: Case, lines: Collection[str]) -> set[str]:
    """Which of these the team may still read as hers. Once one is dropped or private, only what stands on the list:
    the words of that one may have been others before.
    """
    rows = list(Question.objects.filter(case=case).select_related("case__key")) if lines else []
    on_list = {row.text for row in rows if not row.is_private and row.state != QuestionState.DROPPED}
    is_all_hers = all(not row.is_private and row.state != QuestionState.DROPPED for row in rows)
    return {line for line in lines if is_all_hers or line in on_list}


def on_list(case: Case, user: Any) -> frozenset[str]:
    """The points of the checklist that open questions were taken from, and the words of all open ones."""
    rows = open_in(case, user).select_related("case__key")
    return frozenset(said for row in rows for said in (row.idea, row.text) if said)


def open_ones(case: Case, user: Any) -> list[str]:
    """Every one that still waits for an answer, those on top first."""
    return [each.text for each in open_in(case, user)]


def open_in(case: Case, user: Any) -> QuerySet[Question]:
    """The same as rows."""
    return Question.objects.visible_to(user).filter(case=case, state=QuestionState.OPEN).in_order()
