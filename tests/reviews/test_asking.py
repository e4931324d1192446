"""What the reader needs from the patient: one clear request, a clock that rests, and every way it ends."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings.models import Consultation
from cases.case.actions import assign, give_consent
from cases.case.helping import actions as helping
from cases.case.models import ToDo
from cases.documents.models import Document
from cases.reviews import actions as reviews
from cases.reviews import opening
from cases.reviews.asking import actions, notices, rules
from cases.reviews.models import Asking, Review
from cases.reviews.queue import handing, showing
from cases.reviews.queue import standing as queue
from cases.reviews.tasks import open_due
from portal import clock
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people, plan_files
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 12, 7, 17, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WORDS = "The left edge of the page is cut off."


@pytest.fixture(autouse=True)
def monday():
    with clock.lived_at(MONDAY):
        yield


def written_reading() -> Review:
    """Asked for without a call: five business days, until Monday the 14th."""
    case = factories.open_case(people.person("rosa"))
    world.plan(case)
    review = opening.ask_for_reading(case, by=by("rosa"))
    assign(case, people.person("joanne"), why="taking", by=by("joanne"))
    give_consent("read", person=case.patient, case=case, consultant=people.person("joanne"), by=by("rosa"))
    return reviews.take(review, by=by("joanne"))


def ask(review, kind="copy", page=2, words=WORDS, key="joanne") -> Asking:
    return actions.ask(review, kind=kind, page=page, words=words, by=by(key))


def read_by(review) -> dt.date:
    return Review.objects.get(pk=review.pk).read_by


def refused(press, *args, **more) -> str:
    with pytest.raises(Refused) as no:
        press(*args, **more)
    return no.value.message


def waiting() -> set[str]:
    return set(Reminder.objects.unsettled().filter(kind__startswith="asking.").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("asked_on", "ended_on", "days"),
    [
        ((12, 7), (12, 7), 0),
        ((12, 7), (12, 9), 2),
        ((12, 4), (12, 7), 1),  # over a weekend
        ((12, 7), (12, 30), 5),  # never more than was promised
        ((12, 24), (12, 28), 1),  # Christmas is closed
    ],
)
def test_it_rests_in_business_days(asked_on, ended_on, days):
    closed = {dt.date(2026, 12, 25)}
    begun = dt.date(2026, *asked_on)
    until = rules.rests_until(begun, closed)
    assert rules.rested(begun, dt.date(2026, *ended_on), until, closed) == days


def test_the_day_after_a_rest_is_never_past_the_day_before_the_call():
    day, last = dt.date(2026, 12, 8), dt.date(2026, 12, 10)
    assert rules.read_by_after(day, 1, last=last, closed=set()) == dt.date(2026, 12, 9)
    assert rules.read_by_after(day, 5, last=last, closed=set()) == last
    assert rules.read_by_after(last, 5, last=last, closed=set()) == last
    assert rules.read_by_after(day, 5, last=None, closed=set()) == dt.date(2026, 12, 15)


def test_the_clock_rests_and_resumes_when_she_answers():
    review = written_reading()
    assert review.read_by == dt.date(2026, 12, 14)
    asking = ask(review)
    [row] = queue.of(people.person("joanne"), clock.now()).rows
    assert (row.waits_for, row.urgency, showing.action(row)) == ("asked", "", "read")
    assert row.rests_until == dt.date(2026, 12, 14)
    with clock.lived_at(MONDAY + 2 * DAY):
        actions.not_there(asking, by=by("rosa"))
        [row] = queue.of(people.person("joanne"), clock.now()).rows
    assert read_by(review) == dt.date(2026, 12, 16)
    assert row.waits_for == ""


def test_without_an_answer_it_resumes_after_the_days_that_were_said_and_she_can_still_answer():
    review = written_reading()
    asking = ask(review)
    with clock.lived_at(MONDAY + 7 * DAY):  # the last day itself
        open_due()
        assert Asking.objects.get().is_resting
    with clock.lived_at(MONDAY + 11 * DAY):  # late, and twice
        open_due()
        open_due()
        assert Asking.objects.get().state == "passed"
        assert read_by(review) == dt.date(2026, 12, 21)
        assert waiting() == set()
        assert actions.answer(asking, words="It hurts at night.", by=by("rosa")).state == "answered"
    assert read_by(review) == dt.date(2026, 12, 21)


def in_queue() -> queue.Row:
    [row] = queue.of(people.person("joanne"), clock.now()).rows
    return row


def pages_of(asking) -> tuple[str, str]:
    """What the patient and the reader are shown of it."""
    of_reader = reverse("reviews:need_more", args=[asking.review_id])
    own = people.browser(people.person("rosa")).get(asking.get_absolute_url())
    return own.text, people.browser(people.person("joanne")).get(of_reader).text


def test_with_a_call_the_plan_is_read_before_it_all_the_same_and_rests_no_longer():
    review = world.written(days=3)  # on Thursday
    day = read_by(review)
    page = people.browser(people.person("joanne")).get(reverse("reviews:need_more", args=[review.pk])).text
    assert "until Wednesday, December 9 at most." in page
    assert "It is read before the call all the same." in page
    asking = ask(review)
    assert asking.until_on == day == dt.date(2026, 12, 9)
    with clock.lived_at(MONDAY + DAY):
        assert (in_queue().urgency, in_queue().waits_for, in_queue().rests_until) == ("soon", "asked", None)
    with clock.lived_at(MONDAY + 2 * DAY):
        assert in_queue().urgency == "today"
        page = people.browser(people.person("joanne")).get(reverse("reviews:queue"), {"show": "soon"}).text
        assert "Due today" in page
        assert "With patient" in page
        assert "Rests until" not in page
    with clock.lived_at(MONDAY + 3 * DAY):
        open_due()
        asking.refresh_from_db()
        assert asking.state == "passed"
    assert read_by(review) == day


def test_on_the_last_day_before_a_call_nothing_rests_and_nobody_says_so():
    review = world.written(days=1)
    asking = ask(review)
    assert asking.until_on == asking.asked_on
    for page in pages_of(asking):
        assert "rests" not in page
    assert "Reading your plan goes on. Your answer still helps." in pages_of(asking)[0]
    assert in_queue().urgency == "today"


def test_a_call_booked_or_moved_meanwhile_takes_the_rest_along():
    review = written_reading()
    asking = ask(review)
    assert in_queue().rests_until == dt.date(2026, 12, 14)
    call = world.talk(review.case, people.person("joanne"), days=2)
    opening.open_due_reviews(clock.now())
    asking.refresh_from_db()
    assert (asking.until_on, in_queue().rests_until) == (dt.date(2026, 12, 8), None)
    Consultation.objects.filter(pk=call.pk).update(
        starts_at=call.starts_at + 2 * DAY, ends_at=call.ends_at + 2 * DAY, version=2
    )
    opening.open_due_reviews(clock.now())
    asking.refresh_from_db()
    assert asking.until_on == dt.date(2026, 12, 10)


def test_without_a_call_its_row_rests_as_well():
    rests = written_reading()
    ask(rests)
    later = world.waiting("grace", days=5)  # on Saturday: read by Friday
    with clock.lived_at(MONDAY + 4 * DAY):
        row = next(row for row in queue.of(people.person("joanne"), clock.now()).rows if row.review == rests)
        found = queue.of(people.person("joanne"), clock.now())
        assert [row.review for row in found.rows] == [later, rests]
        assert found.shown("soon", dt.date(2026, 12, 11)) == [found.rows[0]]
        assert showing.line(row, people.person("joanne"), dt.date(2026, 12, 11))["read_by"] == ""
        joanne = people.browser(people.person("joanne"))
        assert "Rests until Mon, Dec 14" in joanne.get(reverse("reviews:queue")).text
        for address in ("brief", "edit"):
            page = joanne.get(reverse(f"reviews:{address}", args=[rests.pk])).text
            assert "Rests until Monday, December 14." in page
        assert queue.beside(later, people.person("joanne"), 1) == rests.pk


def test_a_plan_whose_day_passed_while_it_rests_is_not_first():
    rests = written_reading()
    with clock.lived_at(MONDAY + 7 * DAY):  # asked on its last day
        ask(rests)
    with clock.lived_at(MONDAY + 8 * DAY):
        other = world.waiting("grace", days=3)
        found = queue.of(people.person("joanne"), clock.now())
        assert [row.review for row in found.rows] == [other, rests]
        assert found.rows[1].urgency == ""
        reviews.hand_back(rests, by=by("joanne"))
        [free] = queue.of(people.person("amir"), clock.now()).free
        assert free.rests_until == dt.date(2026, 12, 21)
        page = people.browser(people.person("amir")).get(reverse("reviews:queue"), {"show": "free"}).text
        assert "Rests until Mon, Dec 21" in page


def test_the_patient_has_one_message_without_content_one_nudge_and_one_request_on_her_page():
    review = written_reading()
    asking = ask(review)
    assert waiting() == {notices.ASKED, notices.NUDGE}
    client = people.browser(people.person("rosa"))
    own = asking.get_absolute_url()
    assert own in client.get(review.case.get_absolute_url()).content.decode()
    shown = client.get(own).content.decode()
    assert "A clear copy of page 2 of the plan" in shown
    assert WORDS in shown
    client.post(own, {"not_there": "1"})
    assert waiting() == {notices.SAID}
    assert own not in client.get(review.case.get_absolute_url()).content.decode()
    assert "all right" in client.get(own).content.decode()


def test_she_sends_a_file_once_and_the_reader_finds_it():
    review = written_reading()
    asking = ask(review)
    client = people.browser(people.person("rosa"))
    own = asking.get_absolute_url()
    assert client.post(own, {}).status_code == 422
    sent = {"files": SimpleUploadedFile("page 2.pdf", plan_files.pdf())}
    assert client.post(own, sent).status_code == 302
    asking.refresh_from_db()
    [document] = Document.objects.filter(pk__in=asking.documents)
    assert (asking.state, asking.ended_by, document.case_id) == ("answered", people.person("rosa"), review.case_id)
    count = Document.objects.count()
    again = {"files": SimpleUploadedFile("again.pdf", plan_files.pdf(pages=3))}
    assert client.post(own, again).status_code == 422
    assert Document.objects.count() == count
    shown = people.browser(people.person("joanne")).get(reverse("reviews:need_more", args=[review.pk]))
    assert reverse("documents:detail", args=[document.pk]) in shown.content.decode()


def test_a_file_that_does_not_pass_leaves_the_request_open():
    asking = ask(written_reading())
    sent = {"files": SimpleUploadedFile("empty.pdf", b"")}
    answer = people.browser(people.person("rosa")).post(asking.get_absolute_url(), sent)
    assert answer.status_code == 422
    assert Asking.objects.get().is_resting


def test_a_question_is_answered_in_words_that_are_shown_as_words():
    review = written_reading()
    asking = ask(review, "answer", None, "Does it hurt at night?")
    client = people.browser(people.person("rosa"))
    client.post(asking.get_absolute_url(), {"answer": "Yes. <b>A lot</b>"})
    shown = people.browser(people.person("joanne")).get(reverse("reviews:need_more", args=[review.pk]))
    assert "Yes. &lt;b&gt;A lot&lt;/b&gt;" in shown.content.decode()


def test_files_of_another_case_are_no_answer():
    asking = ask(written_reading())
    other = world.plan(factories.open_case(people.person("grace")))
    refused(actions.answer, asking, documents=[other.document_id], by=by("rosa"))


def test_only_the_reader_asks_one_thing_at_a_time_and_the_same_twice_is_once():
    review = written_reading()
    for key in ("rosa", "theo", "amir"):
        refused(ask, review, key=key)
    assert ask(review) == ask(review)
    refused(ask, review, "report", None, "The report of the MRI.")
    actions.withdraw(Asking.objects.get(), by=by("joanne"))
    assert ask(review, "report", None, "The report of the MRI.").is_resting


@pytest.mark.parametrize(("kind", "page", "words"), [("copy", None, "x"), ("copy", 3, "x"), ("report", None, " ")])
def test_what_cannot_be_asked_so(kind, page, words):
    refused(ask, written_reading(), kind, page, words)


def test_a_new_request_takes_the_place_of_one_that_has_passed():
    review = written_reading()
    first = ask(review)
    with clock.lived_at(MONDAY + 11 * DAY):
        open_due()
        assert ask(review, page=1).is_resting
    first.refresh_from_db()
    assert first.state == "dropped"


def test_others_neither_see_nor_answer_nor_take_back():
    asking = ask(written_reading())
    for key in ("grace", "amir", "mara"):
        assert people.browser(people.person(key)).get(asking.get_absolute_url()).status_code == 404
        refused(actions.not_there, asking, by=by(key))
        refused(actions.withdraw, asking, by=by(key))
    refused(actions.not_there, asking, by=by("joanne"))
    refused(actions.withdraw, asking, by=by("rosa"))


def test_sharing_ends_what_is_asked_and_nothing_is_asked_afterwards():
    review = world.written()
    asking = ask(review)
    reviews.share(Review.objects.get(pk=review.pk), is_ticked=True, by=by("joanne"))
    asking.refresh_from_db()
    assert asking.state == "dropped"
    assert waiting() == set()
    assert "don’t need" in refused(actions.not_there, asking, by=by("rosa"))
    assert "Write a message" in refused(ask, review)


def test_answered_and_taken_back_cannot_be_undone_by_the_other():
    asking = ask(written_reading())
    actions.withdraw(asking, by=by("joanne"))
    actions.withdraw(asking, by=by("joanne"))
    refused(actions.answer, asking, words="Late.", by=by("rosa"))
    assert Event.objects.filter(verb="asking.withdrawn").count() == 1


def test_for_a_patient_without_email_the_coordinator_asks_and_puts_the_answer_in():
    review = written_reading()
    rosa = people.person("rosa")
    type(rosa).objects.filter(pk=rosa.pk).update(can_sign_in=False, email=None, phone="+14165550100")
    asking = ask(Review.objects.get(pk=review.pk))
    todo = ToDo.objects.open().get(kind=actions.ASKING)
    assert not Reminder.objects.filter(about_id=asking.pk).exists()
    client = people.browser(people.person("theo"))
    assert client.get(asking.get_absolute_url()).status_code == 200
    client.post(asking.get_absolute_url(), {"not_there": "1"})
    todo.refresh_from_db()
    assert todo.done_by == people.person("theo")
    assert Event.objects.get(verb="asking.not_there").for_patient == rosa.pk


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("asking_kind_is_known", {"kind": "x", "page": None}),
        ("asking_state_is_known", {"state": "lost", "ended_at": MONDAY}),
        ("asking_copy_names_its_page", {"page": None}),
        ("asking_rests_from_its_day_on", {"until_on": dt.date(2026, 12, 1)}),
        ("asking_ended_has_its_time", {"state": "answered"}),
        ("asking_ended_has_its_time", {"ended_at": MONDAY}),
    ],
)
def test_the_database_refuses(constraint, fields):
    asking = ask(written_reading())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Asking.objects.filter(pk=asking.pk).update(**fields)


def test_the_database_refuses_a_second_open_one():
    asking = ask(written_reading())
    asking.pk, asking._state.adding = None, True
    with pytest.raises(IntegrityError, match="asking_one_open_per_review"), transaction.atomic():
        asking.save()


def home_of_ines(chosen, switches=()):
    review = written_reading()
    helping.agree(
        helping.ask(review.case, people.person("ines"), by=by("rosa")),
        chosen=chosen,
        switches=switches,
        by=by("rosa"),
    )
    asking = ask(review)
    return people.browser(people.person("ines")).get(review.case.get_absolute_url()).text, asking


def test_a_helper_who_may_answer_reads_on_her_page_that_one_thing_is_needed():
    page, asking = home_of_ines("most")
    assert "Joanne needs one thing to read on." in page
    assert f'href="{asking.get_absolute_url()}"' in page
    assert WORDS not in page
    actions.not_there(asking, by=by("ines"))
    again = people.browser(people.person("ines")).get(asking.case.get_absolute_url()).text
    assert "needs one thing" not in again


def test_a_helper_who_may_only_add_papers_is_told_and_led_to_adding():
    page, asking = home_of_ines("own", ["papers"])
    assert "Joanne needs one thing to read on." in page
    assert asking.get_absolute_url() not in page
    assert "Add a paper" in page


def test_a_helper_with_dates_alone_learns_nothing_of_it():
    page, _asking = home_of_ines("dates")
    assert "needs one thing" not in page


def told_of_answer() -> set[str]:
    """The consultants who are told of an answer, as the sender decides it now."""
    rows = list(Reminder.objects.unsettled().filter(kind=notices.SAID))
    [kind] = [kind for kind in notices.KINDS if kind.code == notices.SAID]
    due = kind.still_due(rows, clock.now())
    return {User.objects.get(pk=row.recipient_id).first_name for row in rows if row.pk in due}


def lets_read(review, key="amir"):
    give_consent("read", person=review.case.patient, case=review.case, consultant=people.person(key), by=by("rosa"))


def test_an_answer_after_handing_back_waits_for_whoever_takes_the_plan():
    review = written_reading()
    asking = ask(review)
    reviews.hand_back(review, by=by("joanne"))
    client = people.browser(people.person("rosa"))
    assert "Our team needs one thing" in client.get(asking.get_absolute_url()).text
    assert "Our team needs one thing to read on." in client.get(review.case.get_absolute_url()).text
    thanks = client.post(asking.get_absolute_url(), {"not_there": "1"}, follow=True).text
    assert "Whoever reads your plan next finds it there." in thanks
    assert "reads on" not in thanks
    assert told_of_answer() == set()
    assign(review.case, people.person("amir"), why="taking", by=by("amir"))
    lets_read(review)
    for _press in range(2):
        reviews.take(Review.objects.get(pk=review.pk), by=by("amir"))
    assert told_of_answer() == {"Amir"}


def test_an_answer_that_its_reader_was_not_told_of_goes_with_the_plan():
    review = written_reading()
    actions.not_there(ask(review), by=by("rosa"))
    assert told_of_answer() == {"Joanne"}
    lets_read(review)
    handing.hand_over(review, people.person("amir"), by=by("joanne"))
    assert told_of_answer() == {"Amir"}


def test_a_new_reader_is_told_once_she_lets_them_read():
    review = written_reading()
    actions.not_there(ask(review), by=by("rosa"))
    handing.hand_over(review, people.person("amir"), by=by("joanne"))
    assert told_of_answer() == set()
    handing.let_read(review, by=by("rosa"))
    assert told_of_answer() == {"Amir"}


def test_who_takes_it_again_is_told_of_what_came_meanwhile_and_not_of_what_they_know():
    review = written_reading()
    actions.not_there(ask(review), by=by("rosa"))
    reviews.hand_back(review, by=by("joanne"))
    assert told_of_answer() == set()
    reviews.take(Review.objects.get(pk=review.pk), by=by("joanne"))
    assert told_of_answer() == {"Joanne"}
    Reminder.objects.filter(kind=notices.SAID).update(settled_at=clock.now(), settled_as=Reminder.Outcome.SENT)
    review = Review.objects.get(pk=review.pk)
    reviews.hand_back(review, by=by("joanne"))
    reviews.take(Review.objects.get(pk=review.pk), by=by("joanne"))
    assert told_of_answer() == set()


def test_what_is_asked_for_is_named_after_who_reads_now():
    review = written_reading()
    asking = ask(review)
    handing.hand_over(review, people.person("amir"), by=by("joanne"))
    client = people.browser(people.person("rosa"))
    assert "Amir needs one thing" in client.get(asking.get_absolute_url()).text
    lets_read(review)
    assert "Thank you. Amir reads on." in client.post(asking.get_absolute_url(), {"not_there": "1"}, follow=True).text


def test_nobody_is_said_to_read_on_before_her_yes():
    review = written_reading()
    asking = ask(review)
    handing.hand_over(review, people.person("amir"), by=by("joanne"))
    client = people.browser(people.person("rosa"))
    thanks = client.post(asking.get_absolute_url(), {"not_there": "1"}, follow=True).text
    assert "reads on" not in thanks
    assert "Whoever reads your plan next finds it there." in thanks
