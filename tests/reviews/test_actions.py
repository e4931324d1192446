"""Taking, writing, sharing, completing, taking back; and what each leaves behind."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.case.actions import withdraw_consent
from cases.case.models import Consent
from cases.reviews import actions, writing
from cases.reviews.models import Review, Summary
from cases.reviews.notes.actions import add_note
from cases.reviews.notes.targets import of_review
from cases.reviews.options import Option, Point
from cases.reviews.writing import Change, Found
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def told(verb):
    return Event.objects.filter(verb=verb).count()


def take_back_consent(review):
    consent = Consent.objects.standing().get(case=review.case, kind="read")
    withdraw_consent(consent, by=by("rosa"))


def test_taking_makes_the_consultant_the_reader():
    review = world.taken()
    assert (review.state, review.reader, told("review.taken")) == ("taken", people.person("joanne"), 1)


def test_a_second_consultant_cannot_take_it():
    review = world.taken()
    with pytest.raises(Refused):
        actions.take(review, by=by("amir"))


def test_handing_back_keeps_what_is_written():
    review = actions.hand_back(world.write(world.taken()), by=by("joanne"))
    assert (review.state, review.reader) == ("open", None)
    assert review.sections.get(code="plain").body == world.PLAIN


def test_first_words_make_it_a_draft():
    assert world.write(world.taken()).state == "drafting"


def test_saving_the_same_words_changes_nothing():
    review = world.write(world.taken())
    saved = writing.save_parts(review, {"plain": Change(world.PLAIN, 0)}, by=by("joanne"))
    assert (list(saved.parts), saved.overtaken) == (["plain"], {})
    assert review.sections.get(code="plain").version == 1


KEY = UUID("11111111-1111-4111-8111-111111111111")
TEXTS = dict.fromkeys(("plain", "words", "questions", "private"), ("Why A? (page 1)", "Why B? (page 1)"))
CHECKED = [{code: Found(1) for code in ("goal", "cost")}, {"goal": Found(2), "stage": Found(3)}]  # one more, one less
CHOICES = [[Option(KEY, "Watching", (Point("for", word, 1),))] for word in "AB"]
# What is saved, and how many statements that takes: the first words of a review at all, which make it a draft and leave
# a line of history, and the next in one sitting.
SAVES = {
    "words": ({"plain": ("A (page 1)", "B (page 1)")}, 5, 4),
    "all parts of text": (TEXTS, 5, 4),
    "nothing new": ({"plain": ("", "")}, 3, 3),
    "checklist": ({"checklist": ("", "")}, 5, 4),
    "options": ({"options": ("", "")}, 6, 5),
    "everything": ({**TEXTS, "answers": ("{}", "{ }"), "checklist": ("", ""), "options": ("", "")}, 6, 5),
}


@pytest.mark.parametrize(("said", "first", "next_one"), SAVES.values(), ids=SAVES)
def test_saving_a_draft_takes_at_most_six_statements(said, first, next_one):
    review, joanne, taken = world.taken(), by("joanne"), []
    for at in range(2):
        changes = {code: Change(words[at], at) for code, words in said.items()}
        with CaptureQueriesContext(connection) as asked:
            saved = writing.save_parts(review, changes, findings=CHECKED[at], choices=CHOICES[at], by=joanne)
        assert saved.parts.keys() == said.keys()
        # The first and the last are BEGIN and COMMIT where no test is around it.
        inside = asked.captured_queries[1:-1]
        assert not any("SAVEPOINT" in each["sql"] for each in inside)
        taken.append(len(inside))
    assert taken == [first, next_one]
    assert max(taken) <= 6


def test_a_later_sitting_with_a_note_at_a_question_takes_six_too(time_machine):
    review, changes = world.taken(), {**dict.fromkeys(TEXTS, ""), "checklist": "", "options": ""}
    first = {code: Change(TEXTS.get(code, [""])[0], 0) for code in changes}
    writing.save_parts(review, first, findings=CHECKED[0], choices=CHOICES[0], by=by("joanne"))
    note = add_note(review, page=1, place="top", words="Why?", belongs=a_question(), by=by("joanne"))
    time_machine.move_to(clock.now() + writing.SITTING * 2)
    joanne, later = by("joanne"), {code: Change(TEXTS.get(code, ["", ""])[1], 1) for code in changes}
    with CaptureQueriesContext(connection) as asked:
        writing.save_parts(review, later, findings=CHECKED[1], choices=CHOICES[1], by=joanne)
    assert len(asked.captured_queries) - 2 == 6
    note.refresh_from_db()
    assert f"questions:{note.key}" == a_question()
    review = Review.objects.get()
    assert {row.point: row.page for row in review.findings.all()} == {"goal": 2, "stage": 3}
    assert [line.text for line in review.option_lines.order_by("place")] == ["Watching", "B"]


def a_question():
    return next(iter(of_review(Review.objects.get()).questions))


def test_saves_of_one_sitting_are_one_line_of_history():
    review = world.write(world.taken())
    world.write(review, plain="Other words (page 1)")
    assert told("review.written") == 1


def test_two_tabs_never_overwrite_each_other():
    review = world.write(world.taken())
    first = {"plain": Change("Words of the first tab (page 1)", 1)}
    second = {"plain": Change("Words of the second tab (page 1)", 1), "questions": Change("Why now?", 0)}
    writing.save_parts(review, first, by=by("joanne"))
    saved = writing.save_parts(review, second, by=by("joanne"))
    assert saved.overtaken["plain"].body == "Words of the first tab (page 1)"
    assert list(saved.parts) == ["questions"]
    assert review.sections.get(code="plain").body == "Words of the first tab (page 1)"


def test_findings_are_replaced_as_a_whole():
    review = world.taken()
    for version, said in enumerate([{"goal": Found(1), "cost": Found(None, "Nothing", "What?")}, {"goal": Found(2)}]):
        writing.save_parts(review, {"checklist": Change("", version)}, findings=said, by=by("joanne"))
    assert list(review.findings.values_list("point", "page")) == [("goal", 2)]


def test_only_the_reader_writes():
    review = world.taken()
    with pytest.raises(Refused):
        writing.save_parts(review, {"plain": Change("x", 0)}, by=by("theo"))


def test_nothing_is_written_after_consent_is_taken_back():
    review = world.taken()
    take_back_consent(review)
    with pytest.raises(Refused, match="not said yes"):
        world.write(review)


def test_sharing_freezes_the_words_and_names_the_statement():
    summary = world.shared()
    assert summary.frozen["steps"][0] == {
        "heading": "An operation",
        "text": "To take out the lump and test the first lymph node.",
        "page": 1,
    }
    assert [point["code"] for point in summary.frozen["missing"]] == ["cost"]
    assert (summary.number, summary.statement.kind, summary.review.state) == (1, "consultant_tick", "shared")
    assert told("summary.shared") == 1


def test_private_notes_and_page_notes_are_not_in_the_summary():
    review = world.written()
    world.write(review, private="Staff's own remark")
    add_note(review, page=1, place="top", words="A remark on the page", by=by("joanne"))
    summary = actions.share(review, is_ticked=True, by=by("joanne"))
    assert "own remark" not in summary.body
    assert "remark on the page" not in summary.body


def test_later_writing_does_not_change_what_was_shared():
    summary = world.shared()
    world.write(summary.review, plain="Quite other words (page 1)")
    assert "lump" in Summary.objects.get().body


def test_sharing_plans_one_discreet_message_to_the_patient():
    summary = world.shared()
    row = Reminder.objects.get(kind="summary.shared")
    assert (row.recipient_id, row.about_id, row.version) == (str(summary.review.case.patient_id), summary.pk, 1)
    assert row.useful_until == summary.review.consultation.starts_at


def test_sharing_needs_the_statement():
    with pytest.raises(Refused, match="Tick the statement"):
        actions.share(world.written(), is_ticked=False, by=by("joanne"))


def test_sharing_needs_every_point_looked_at():
    with pytest.raises(Refused, match="12 points"):
        actions.share(world.write(world.taken()), is_ticked=True, by=by("joanne"))


def test_sharing_needs_a_page_on_each_line():
    review = world.write(world.written(), plain="A line without its page")
    with pytest.raises(Refused, match="names no page"):
        actions.share(review, is_ticked=True, by=by("joanne"))


def test_sharing_is_refused_after_consent_is_taken_back():
    review = world.written()
    take_back_consent(review)
    with pytest.raises(Refused, match="not said yes"):
        actions.share(review, is_ticked=True, by=by("joanne"))


def test_a_correction_is_a_new_version_with_its_reason():
    first = world.shared()
    with pytest.raises(Refused, match="what you corrected"):
        actions.share(first.review, is_ticked=True, by=by("joanne"))
    second = actions.share(first.review, is_ticked=True, correction="The page was wrong.", by=by("joanne"))
    assert (second.number, second.correction) == (2, "The page was wrong.")
    assert Reminder.objects.filter(settled_at=None).get().about_id == second.pk


def test_complete_waits_for_the_talk():
    summary = world.shared()
    with pytest.raises(Refused, match="not taken place"):
        actions.complete(summary.review, is_ticked=True, by=by("joanne"))


def test_complete_makes_version_2_after_the_talk(time_machine):
    summary = world.shared()
    time_machine.move_to(summary.review.consultation.ends_at)
    second = actions.complete(summary.review, is_ticked=True, by=by("joanne"))
    assert (second.number, second.is_complete) == (2, True)
    assert Review.objects.get().state == "completed"


def test_taking_back_needs_a_reason_and_opens_the_review():
    summary = world.shared()
    with pytest.raises(Refused, match="why you take it back"):
        actions.withdraw(summary, reason=" ", by=by("joanne"))
    summary = actions.withdraw(summary, reason="It was about another plan.", by=by("joanne"))
    assert (summary.state, summary.withdrawn_why) == ("withdrawn", "It was about another plan.")
    assert Review.objects.get().state == "drafting"
    assert not Reminder.objects.filter(settled_at=None).exists()


def test_an_older_version_is_taken_back_alone(time_machine):
    first = world.shared()
    actions.share(first.review, is_ticked=True, correction="The page was wrong.", by=by("joanne"))
    actions.withdraw(first, reason="It named a wrong page.", by=by("theo"))
    assert Review.objects.get().state == "shared"
    assert [each.number for each in Summary.objects.live()] == [2]

    time_machine.move_to(first.review.consultation.ends_at)
    third = actions.complete(Review.objects.get(), is_ticked=True, by=by("joanne"))
    actions.withdraw(Summary.objects.get(number=2), reason="Written before the talk.", by=by("joanne"))
    review = Review.objects.get()
    assert (review.state, review.completed_at) == ("completed", third.shared_at)

    actions.withdraw(third, reason="Another plan.", by=by("joanne"))
    review.refresh_from_db()
    assert (review.state, review.completed_at) == ("drafting", None)


def test_taken_back_once_is_enough():
    summary = actions.withdraw(world.shared(), reason="Wrong plan.", by=by("joanne"))
    with pytest.raises(Refused):
        actions.withdraw(summary, reason="Again", by=by("joanne"))


def test_the_patients_first_look_is_kept_and_each_look_recorded():
    summary = world.shared()
    actions.read(summary, by=by("joanne"))
    assert Summary.objects.get().first_read_at is None
    actions.read(summary, by=by("rosa"))
    actions.read(Summary.objects.get(), by=by("rosa"))
    assert Summary.objects.get().first_read_at is not None
    assert told("summary.opened") == 3
