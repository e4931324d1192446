"""What people do about questions: add, change, put on top, say what became of one."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case
from cases.case.people import may
from cases.opinions.checklist import BY_CODE
from cases.opinions.questions import rules, targets
from cases.opinions.questions.models import FOR, Question
from cases.opinions.questions.rules import QUESTION_MOVES, AnsweredIn, CameOf, QuestionState
from cases.opinions.questions.targets import Target, Targets
from cases.records.items.telling import lock_case, role_of
from portal import clock, moves
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

NAMED = {AnsweredIn.VISIT, AnsweredIn.CONSULTATION, AnsweredIn.TALK}


@transaction.atomic
def add(
    case: Case,
    *,
    text: str = "",
    idea: str = "",
    target: str = "",
    is_private: bool = False,
    came_of: str = CameOf.TYPED,
    is_hers: bool = False,
    pk: UUID | None = None,
    by: Actor,
) -> Question:
    """Put a question on the list, in own words or as one of our ideas, or as an idea in own words. The same press twice
    adds it once.

    `pk` is the id that the page gave the press; `target` the key of what it is for. `is_hers`: the patient said it on
    the phone, `by` writes it down for her. Raises Refused for no words, for a list that is full, or something that is
    not to be asked there.
    """
    must("ask_questions", case, by)
    if is_hers:
        must("speak_for", case, by)
        hands.check_by_hand(case, by)
    lock_case(case)
    if pk and (there := Question.objects.filter(pk=pk).first()):
        if there.case_id != case.pk:
            raise Refused(_("This cannot be done here."), code="input")
        return there
    if idea and idea not in BY_CODE:
        raise Refused(_("This cannot be done here."), code="input")
    words = text.strip() or (str(BY_CODE[idea].question) if idea else "")
    if reason := rules.why_not_text(words):
        raise Refused(reason, code="input")
    known = targets.of_case(case, clock.now())
    wanted = _target(known, target)
    if there := _there_already(case, words, idea, wanted, known, by):
        return there
    if reason := rules.why_not_another(Question.objects.open().filter(case=case).count()):
        raise Refused(reason, code="state")
    is_private = is_private and may("see_private_words", case, by)
    if idea and Question.objects.not_dropped().filter(case=case, idea=idea).exists():  # hers alone: nobody learns of it
        idea = ""
    added = Question(case=case, put_in_by=by.user, put_in_at=clock.now(), came_of=came_of, idea=idea)
    if is_hers:
        added.put_in_by, added.written_by = case.patient, by.user
    added.pk, added.text, added.is_private = pk or added.pk, words, is_private
    _point(added, wanted)
    added.save(force_insert=True)
    _tell(by, "added", added, case, why=came_of)
    return added


def _there_already(case: Case, words: str, idea: str, wanted: Target, known: Targets, by: Actor) -> Question | None:
    """The same idea, or the same words about the same thing, as far as this person may know of it."""
    seen = Question.objects.visible_to(by.user).not_dropped().filter(case=case).select_related("case__key")
    if idea:
        return next((each for each in seen if idea == each.idea or words == each.text), None)
    is_wanted = (each for each in seen if each.is_open and known.of(each).key == wanted.key)
    return next((each for each in is_wanted if each.text == words), None)


def _target(known: Targets, key: str) -> Target:
    found = known.by_key(key)
    if found is None:
        raise Refused(_("Choose what the question is for."), code="input")
    return found


def _point(question: Question, target: Target) -> None:
    for name, value in target.columns.items():
        setattr(question, name, value)


def _tell(by: Actor, verb: str, question: Question, case: Case, why: str = "") -> None:
    record(by, f"question.{verb}", question, patient=case.patient_id, case=case.pk, why=why)


def _locked(question: Question, by: Actor) -> Question:
    """The row again, under the case's lock. What one may not see or ask is refused."""
    must("ask_questions", question.case, by)
    lock_case(question.case)
    return Question.objects.select_related("case__patient", "case__key").get(pk=question.pk)


def _may_change(question: Question, written_by: UUID | None, by: Actor) -> bool:
    is_own = by.user is not None and written_by == by.user.pk
    return rules.may_change(role_of(question.case, by, "ask_questions"), is_own)


def _check_own(question: Question, by: Actor) -> None:
    if not _may_change(question, question.put_in_by_id, by):
        raise Refused(_("These are somebody else’s words. Add your own question instead."), code="role")


def _check_own_note(question: Question, by: Actor) -> None:
    if not _may_change(question, question.settled_by_id, by):
        raise Refused(_("Somebody else wrote this answer down. Only they and the patient change it."), code="role")


def _check_seen(question: Question, seen: int | None) -> None:
    if seen is not None and seen != question.version:
        raise Refused(_("Somebody changed this question since you opened it. Your words are still here."), code="state")


@transaction.atomic
def change(
    question: Question, *, text: str, target: str = "", is_private: bool = False, seen: int | None = None, by: Actor
) -> Question:
    """Other words, for something else, or private. `seen` is the version that the person had before them."""
    question = _locked(question, by)
    _check_own(question, by)
    words = text.strip()
    if reason := rules.why_not_text(words):
        raise Refused(reason, code="input")
    known = targets.of_case(question.case, clock.now())
    before, wanted = known.of(question), _target(known, target)
    if not may("see_private_words", question.case, by):
        is_private = question.is_private
    if (question.text, before.key, question.is_private) == (words, wanted.key, is_private):
        return question
    _check_seen(question, seen)
    question.text, question.is_private = words, is_private
    question.version += 1
    is_elsewhere = wanted.key != before.key
    if is_elsewhere:
        question.top = None
        _point(question, wanted)
    question.save()
    if is_elsewhere:
        _close_ranks(question.case, known, before)
    _tell(by, "changed", question, question.case)
    return question


@transaction.atomic
def answer(
    question: Question,
    *,
    where: str = "",
    note: str | None = None,
    is_known: bool = False,
    seen: int | None = None,
    by: Actor,
) -> Question:
    """It is answered: `where` is a key of what it was asked in, or one of `AnsweredIn`; as it was meant without one.
    `note` is what was said; `is_known` says that the patient knows it. Pressed twice it is answered once.
    """
    question = _locked(question, by)
    if note is None and not where and question.state == QuestionState.ANSWERED:
        return question
    target = moves.check(QUESTION_MOVES, "answer", question.state, role_of(question.case, by, "ask_questions"))
    known = targets.of_case(question.case, clock.now())
    place = known.of(question)
    answered_in, answered_id = _where(known, where or question.answered_in or place.key, question)
    says = question.answer if note is None else note.strip()
    if question.state == target and (question.answer, question.answered_in, question.answered_id) == (
        says,
        answered_in,
        answered_id,
    ):
        return question
    _check_seen(question, seen)
    if question.answer and says != question.answer:
        _check_own_note(question, by)
    is_news = bool(says) and says != question.answer
    if question.state != target or (says and not question.answer):
        question.settled_at, question.settled_by = clock.now(), by.user
    question.state, question.top = target, None
    question.answer, question.answered_in, question.answered_id = says, answered_in, answered_id
    question.version += 1
    question.save()
    _close_ranks(question.case, known, place)
    _tell(by, "answered", question, question.case, why=answered_in)
    if is_news and not is_known and by.user is not None and by.user.role:
        hands.ask_to_read(hands.READ_ANSWER, question.case, by=by)
    return question


def _where(known: Targets, said: str, question: Question) -> tuple[str, UUID | None]:
    if said in {AnsweredIn.SUMMARY, AnsweredIn.MESSAGE, AnsweredIn.ELSEWHERE}:
        return said, question.answered_id if said == question.answered_in else None
    if said in NAMED:  # as it stands
        return said, question.answered_id
    found = known.by_key(said)
    if found is None:
        raise Refused(_("Choose where it was answered."), code="input")
    return (found.kind, found.thing.pk) if found.thing else (AnsweredIn.ELSEWHERE, None)


@transaction.atomic
def drop(question: Question, *, by: Actor) -> Question:
    """No longer to be asked. Said twice is said once; it can be taken back."""
    question = _locked(question, by)
    if question.state == QuestionState.DROPPED:
        return question
    _check_own(question, by)
    target = moves.check(QUESTION_MOVES, "drop", question.state, role_of(question.case, by, "ask_questions"))
    known = targets.of_case(question.case, clock.now())
    question.state, question.top = target, None
    question.settled_at, question.settled_by = clock.now(), by.user
    question.save(update_fields=["state", "top", "settled_at", "settled_by"])
    _close_ranks(question.case, known, known.of(question))
    _tell(by, "dropped", question, question.case)
    return question


@transaction.atomic
def reopen(question: Question, *, by: Actor) -> Question:
    """Still to be asked: it was not answered after all, or is wanted again. Her note stays."""
    question = _locked(question, by)
    if question.state == QuestionState.OPEN:
        return question
    if question.state == QuestionState.DROPPED:
        _check_own(question, by)
    question.state = moves.check(QUESTION_MOVES, "reopen", question.state, role_of(question.case, by, "ask_questions"))
    question.settled_at = question.settled_by = question.answered_id = None
    question.answered_in = ""
    taken_again = Question.objects.not_dropped().filter(case=question.case, idea=question.idea)
    if question.idea and taken_again.exclude(pk=question.pk).exists():
        question.idea = ""
    question.version += 1
    question.save()
    _tell(by, "reopened", question, question.case)
    return question


@transaction.atomic
def order(question: Question, verb: str, *, by: Actor) -> Question:
    """Put it on top, take it off, or move it by one place there. Raises Refused where three are on top already."""
    question = _locked(question, by)
    if not rules.may_order(role_of(question.case, by, "ask_questions")):
        raise Refused(_("The patient says which questions come first."), code="role")
    if not question.is_open or verb not in rules.ORDER:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    known = targets.of_case(question.case, clock.now())
    place = known.of(question)
    stands = [str(each.pk) for each in _on_top(question.case, known, place)]
    wanted = rules.swapped(stands, str(question.pk), verb)
    if len(wanted) > len(stands) and (reason := rules.why_not_top(len(stands))):
        raise Refused(reason, code="state")
    if wanted != stands:
        _lay_out(question.case, place, wanted)
        _tell(by, "ordered", question, question.case)
    question.refresh_from_db(fields=["top", *FOR])
    return question


def _on_top(case: Case, known: Targets, place: Target) -> list[Question]:
    found = Question.objects.open().filter(case=case, top__isnull=False).in_order()
    return [each for each in found if known.of(each).key == place.key]


def _lay_out(case: Case, place: Target, wanted: Iterable[str]) -> None:
    """These on top, in this order, and said to be for what they stand at by now."""
    rows = {str(each.pk): each for each in Question.objects.filter(pk__in=list(wanted))}
    Question.objects.filter(pk__in=list(rows)).update(top=None)
    for number, pk in enumerate(wanted, 1):
        row = rows[pk]
        row.top = number if number <= rules.ON_TOP else None
        if place.thing:
            _point(row, place)
        row.save(update_fields=["top", *FOR])


def _close_ranks(case: Case, known: Targets, place: Target) -> None:
    """One left its place on top: those behind it move up."""
    _lay_out(case, place, [str(each.pk) for each in _on_top(case, known, place)])


@transaction.atomic
def take_over_hope(call: Consultation, *, by: Actor) -> None:
    """What she wrote when she booked is what she wants to ask: a question for each line, the first three on top."""
    lines = [line.strip() for line in call.hope.splitlines() if line.strip()]
    for line in lines[: rules.MOST_OPEN]:
        try:
            asked = add(call.case, text=line, target=targets.key_of(call), came_of=CameOf.BOOKING, by=by)
            order(asked, "top", by=by)
        except Refused:  # the list is full, or three are on top: her words stand with the call all the same
            continue


@transaction.atomic
def raise_after_reading(
    case: Case,
    lines: Iterable[str],
    points: Iterable[tuple[str, str]] = (),
    *,
    earlier: Iterable[tuple[str, str]] = (),
    by: Actor,
) -> None:
    """What the one who read the plan would ask, for the visit that is ahead: `lines`, then `points` that the plan does
    not say, each with its words. What was raised before is not again; a point in other words now says those, while it
    is open and stands as it was raised. `earlier`: all that summaries of the case raised before, lines with no point.
    """
    lock_case(case)
    before = list(Question.objects.filter(case=case).select_related("case__patient", "case__key"))
    known = targets.of_case(case, clock.now())
    ahead = next((each.key for each in known.ahead() if each.kind == "visit"), "")
    asked = [("", line.strip()) for line in lines] + [(idea, words.strip()) for idea, words in points]
    said = {(idea, words.strip()) for idea, words in earlier}
    texts = {each.text for each in before} | _reworded(before, said)
    for idea, words in dict.fromkeys(asked):
        try:
            if there := _raised(before, idea):
                if (idea, there.text) in said:
                    _say_anew(there, words, known, by)
            elif words and words not in texts:
                add(case, text=words, idea=idea, target=ahead, came_of=CameOf.READING, by=by)
                texts.add(words)
        except Refused:  # the list is full; the summary says it all the same
            return


def _reworded(before: Iterable[Question], said: set[tuple[str, str]]) -> set[str]:
    """The lines raised earlier, once one of them stands in other words: which one that was is not known."""
    words = {text for _idea, text in said}
    own = (each for each in before if each.came_of == CameOf.READING and not each.idea)
    is_any = any(each.text not in words for each in own)
    return {text for idea, text in said if not idea} if is_any else set()


def _raised(before: Iterable[Question], idea: str) -> Question | None:
    """The question of a point that stands on the list, or that was raised and is not wanted any more."""
    own = [each for each in before if idea and each.idea == idea]
    stands = (each for each in own if each.state != QuestionState.DROPPED or each.came_of == CameOf.READING)
    return next(stands, None)


def _say_anew(question: Question, words: str, known: Targets, by: Actor) -> None:
    is_ours = question.came_of == CameOf.READING and question.put_in_by_id == by.id and not question.is_private
    if is_ours and question.is_open and words:
        change(question, text=words, target=known.of(question).key, is_private=question.is_private, by=by)


@transaction.atomic
def answered_in_summary(case: Case, asked: Iterable[str], summary: UUID, *, by: Actor) -> None:
    """A summary that is shared answers these of hers."""
    words = set(asked)
    seen = Question.objects.visible_to(by.user).open().filter(case=case).select_related("case__patient", "case__key")
    for question in seen:
        if question.text in words:
            answered = answer(question, where=AnsweredIn.SUMMARY, by=by)
            Question.objects.filter(pk=answered.pk).update(answered_id=summary)


@transaction.atomic
def summary_taken_back(case: Case, summaries: Iterable[UUID], *, by: Actor) -> None:
    """What only a summary answered is open again."""
    found = Question.objects.filter(case=case, answered_in=AnsweredIn.SUMMARY, answered_id__in=list(summaries))
    for question in found.select_related("case__patient", "case__key"):
        reopen(question, by=by)
