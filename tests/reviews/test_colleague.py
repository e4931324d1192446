"""A second reader: asked, her yes and the patient's, what opens and what never does, and every way it ends."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case import people as rule
from cases.case.actions import assign, give_consent, withdraw_consent
from cases.case.models import Consent, SecondReader
from cases.case.opening import who_opens
from cases.case.second import actions, notices
from cases.case.tasks import end_help
from cases.documents.models import PageImage, Version
from cases.reviews import actions as reviews
from cases.reviews import opening
from cases.reviews.colleague import actions as colleague
from cases.reviews.models import Review, SecondNote
from cases.reviews.queue import handing
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
QUESTION = "Is the order of the two parts usual?"
WHY = "A second pair of eyes on your plan."


@pytest.fixture
def review():
    return world.written()


def ask(review, key="vera", days=2, **more):
    words = {"question": QUESTION, "why": WHY, "by": by("joanne")} | more
    return colleague.ask(review, people.person(key), until_on=actions.last_days()[days], **words)


def agreed(review, **more):
    return actions.agree(ask(review, **more), by=by("vera"))


def reading(review, **more):
    return actions.let_read(agreed(review, **more), True, by=by("rosa"))


def may_read(review, key="vera") -> bool:
    """By the rule for one case, for all, and for the pages themselves: always the same answer."""
    user = people.person(key)
    answers = {
        rule.may("read_along", review.case, user),
        rule.may("read_documents", review.case, user),
        rule.cases_where(user, "read_documents").filter(pk=review.case_id).exists(),
        Version.objects.visible_to(user).filter(pk=review.version_id).exists(),
        PageImage.objects.visible_to(user).filter(version=review.version_id).exists(),
        user in [found for found, _role in rule.who_can_open(review.case)],
    }
    assert len(answers) == 1
    return answers.pop()


def refused(press, *args, **more):
    with pytest.raises(Refused) as no:
        press(*args, **more)
    return no.value.message


def page(second, key="vera"):
    return people.browser(people.person(key)).get(reverse("reviews:along", args=[second.pk]))


def test_a_colleague_reads_once_she_and_the_patient_have_said_yes(review):
    second = ask(review)
    assert not may_read(review)
    actions.agree(second, by=by("vera"))
    assert not may_read(review)
    actions.let_read(second, True, by=by("rosa"))
    assert may_read(review)
    assert {verb for verb in rule.MAY if rule.may(verb, review.case, people.person("vera"))} == {
        "read_along",
        "read_documents",
    }


def test_before_the_yes_she_sees_neither_name_nor_question_nor_words(review):
    second = agreed(review)
    answer = page(second)
    assert answer.status_code == 403
    for hidden in ("Rosa", QUESTION, "An operation"):
        assert hidden not in answer.content.decode()
    assert "2 pages" in answer.content.decode()
    assert Event.objects.filter(verb="second.denied").count() == 1


def test_she_sees_the_plan_the_draft_and_the_question_and_each_opening_is_on_record(review):
    second = reading(review)
    shown = page(second).content.decode()
    for words in ("Rosa Delgado", QUESTION, "To take out the lump", "Words of page 1"):
        assert words in shown
    looks = Event.objects.filter(actor_id=people.person("vera").pk, why="reading_along")
    assert set(looks.values_list("verb", flat=True)) == {"second.looked", "document.opened"}


def test_the_draft_is_shown_whole_with_what_is_missing_and_the_private_notes(review):
    world.write(review, private="Ask Theo about the lab.")
    shown = page(reading(review)).content.decode()
    assert "Ask Theo about the lab." in shown
    assert "good things to ask about" in shown  # the points that are not in the plan


def test_she_writes_notes_and_an_answer_and_nothing_of_the_readers(review):
    second, before = reading(review), review.texts
    client = people.browser(people.person("vera"))
    client.post(reverse("reviews:second_note", args=[second.pk]), {"page": "2", "words": "Seems early."})
    client.post(reverse("reviews:second_note", args=[second.pk]), {"page": "2", "words": "Seems early."})
    assert [(note.page, note.text) for note in SecondNote.objects.all()] == [(2, "Seems early.")]
    for name in ("edit", "save", "preview", "note"):
        send = client.get if name == "edit" else client.post
        assert send(reverse(f"reviews:{name}", args=[review.pk])).status_code == 404
    refused(reviews.share, review, is_ticked=True, by=by("vera"))
    client.post(reverse("reviews:done_reading", args=[second.pk]), {"answer": "Yes, it is usual."})
    assert Review.objects.get(pk=review.pk).texts == before
    shown = people.browser(people.person("joanne")).get(reverse("reviews:colleague", args=[review.pk]))
    assert "Yes, it is usual." in shown.content.decode()
    assert "Seems early." in shown.content.decode()


def test_a_note_on_a_page_that_is_not_there_is_refused(review):
    second = reading(review)
    client = people.browser(people.person("vera"))
    sent = {"page": "3", "words": "<script>alert(1)</script>"}
    answer = client.post(reverse("reviews:second_note", args=[second.pk]), sent)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()
    assert not SecondNote.objects.exists()


WAYS_TO_END = {
    "done": lambda second, review: actions.done(second, answer="Fine.", by=by("vera")),
    "reader": lambda second, review: actions.end(second, by=by("joanne")),
    "patient": lambda second, review: actions.end(second, by=by("rosa")),
    "closed": lambda second, review: actions.end_all(review.case, by=by("theo")),
    "handed_back": lambda second, review: reviews.hand_back(review, by=by("joanne")),
}


@pytest.mark.parametrize("way", WAYS_TO_END)
def test_what_ends_is_gone_at_once_also_on_open_pages(review, way):
    second = reading(review)
    client = people.browser(people.person("vera"))
    along = reverse("reviews:along", args=[second.pk])
    assert client.get(along).status_code == 200
    WAYS_TO_END[way](second, review)
    assert not may_read(review)
    assert client.get(along).status_code == 403
    assert client.get(along + "?part=page&page=1").status_code == 403
    client.post(reverse("reviews:second_note", args=[second.pk]), {"words": "Late."})
    assert not SecondNote.objects.exists()
    second.refresh_from_db()
    assert second.ended_why == {"handed_back": "reader"}.get(way, way)


@pytest.mark.parametrize("way", [*WAYS_TO_END, "time"])
def test_who_comes_back_asks_the_patient_again(review, way):
    second = reading(review)
    with clock.lived_at(second.over_at if way == "time" else clock.now()):
        end_help() if way == "time" else WAYS_TO_END[way](second, review)
    if way == "handed_back":
        reviews.take(review, by=by("joanne"))
    assert not Consent.objects.standing().filter(consultant=people.person("vera")).exists()
    again = agreed(review)
    assert page(again).status_code == 403
    assert not may_read(review)
    client = people.browser(people.person("rosa"))
    privacy = client.get(reverse("pages:privacy", args=[review.case_id])).text
    assert "with the second reading." in privacy
    assert "Taken back on" not in privacy
    actions.let_read(again, True, by=by("rosa"))
    assert may_read(review)


def test_what_she_took_back_herself_is_said_so(review):
    reading(review)
    withdraw_consent(Consent.objects.get(consultant=people.person("vera")), by=by("rosa"))
    privacy = people.browser(people.person("rosa")).get(reverse("pages:privacy", args=[review.case_id])).text
    assert "Taken back on" in privacy
    assert "with the second reading" not in privacy


def test_it_ends_by_itself_when_its_last_day_is_over(review):
    second = reading(review)
    with clock.lived_at(second.over_at - dt.timedelta(seconds=1)):
        assert may_read(review)
    with clock.lived_at(second.over_at):
        assert not may_read(review)  # before any task has run
        assert page(second).status_code == 403
        end_help()
        end_help()
    second.refresh_from_db()
    assert (second.state, second.ended_why, second.ended_by) == ("ended", "time", None)
    assert Event.objects.filter(verb="second.ended", about_id=second.pk).count() == 1


def test_a_permission_taken_back_shuts_it_at_once(review):
    second = reading(review)
    withdraw_consent(Consent.objects.get(consultant=people.person("vera")), by=by("rosa"))
    assert not may_read(review)
    assert page(second).status_code == 403


def test_the_patient_reads_who_why_and_until_when_and_ends_it(review):
    second = agreed(review)
    client = people.browser(people.person("rosa"))
    own = reverse("case:second_reader", args=[second.pk])
    assert own in client.get(review.case.get_absolute_url()).content.decode()
    shown = client.get(own).content.decode()
    assert "Vera Holm" in shown
    assert WHY in shown
    assert QUESTION not in shown
    client.post(own, {"answer": "yes"})
    privacy = client.get(reverse("pages:privacy", args=[review.case_id])).content.decode()
    assert own in privacy
    assert "Joanne Pike asked for it." in privacy
    client.post(own, {"answer": "end"})
    assert not may_read(review)
    assert own not in client.get(reverse("pages:privacy", args=[review.case_id])).content.decode()


def test_a_consultant_who_is_the_patient_has_her_page():
    review = world.written(key="amir")
    second = ask(review)
    client, own = people.browser(people.person("amir")), reverse("case:second_reader", args=[second.pk])
    assert client.get(own).status_code == 404  # nobody hears of it before the colleague's yes
    actions.agree(second, by=by("vera"))
    assert QUESTION not in client.get(own).text
    client.post(own, {"answer": "yes"})
    assert may_read(review)
    client.post(own, {"answer": "end"})
    assert not may_read(review)
    assert client.get(reverse("reviews:along", args=[second.pk])).status_code == 404


def test_a_no_of_the_patient_ends_it(review):
    second = actions.let_read(agreed(review), False, by=by("rosa"))
    assert (second.state, second.ended_why) == ("ended", "patient")
    assert second.patient_no_at
    assert not Consent.objects.filter(consultant=people.person("vera")).exists()


def test_only_the_patient_says_yes_or_a_coordinator_whom_she_told(review):
    second = agreed(review)
    for key in ("vera", "joanne", "theo", "grace"):
        refused(actions.let_read, second, True, by=by(key))
    refused(actions.let_read, second, True, how="phone", by=by("joanne"))
    actions.let_read(second, True, how="phone", by=by("theo"))
    assert Consent.objects.get(consultant=people.person("vera")).how == "phone"


def test_a_no_of_the_colleague_needs_no_reason_and_makes_room_for_another(review):
    second = ask(review)
    actions.decline(second, by=by("vera"))
    refused(actions.agree, second, by=by("vera"))
    assert not may_read(review)
    assert ask(review, "amir").state == "asked"


def test_asked_twice_is_once_and_one_at_a_time(review):
    assert ask(review) == ask(review)
    assert "Vera Holm is asked already" in refused(ask, review, "amir")


def test_who_cannot_be_asked_and_for_how_long(review):
    refused(ask, review, "joanne")
    refused(ask, review, "theo")
    assign(review.case, people.person("amir"), why="booking", by=by("rosa"))
    assert "part of this case" in refused(ask, review, "amir")
    refused(ask, review, question=" ")
    last = actions.last_days()[-1]
    for day in (last + dt.timedelta(days=1), clock.now().date() - dt.timedelta(days=1), dt.date(2026, 12, 25)):
        words = {"question": QUESTION, "why": WHY, "by": by("joanne")}
        refused(actions.ask, review.case, people.person("vera"), until_on=day, **words)
    refused(ask, review, by=by("amir"))  # part of the case, without the patient's yes to reading
    assert not SecondReader.objects.exists()


def to_read_too(review, key="amir"):
    """A consultant of the case whom the patient lets read, beside the one who has the plan."""
    assign(review.case, people.person(key), why="booking", by=by("rosa"))
    give_consent("read", person=review.case.patient, case=review.case, consultant=people.person(key), by=by("rosa"))


def test_only_who_reads_the_plan_asks(review):
    to_read_too(review)
    for key in ("amir", "theo", "rosa"):
        assert "Only the one who reads this plan" in refused(ask, review, by=by(key))
    own, until_on = reverse("reviews:colleague", args=[review.pk]), actions.last_days()[2].isoformat()
    sent = {"reader": people.person("vera").pk, "question": QUESTION, "why": WHY, "until_on": until_on}
    for key, can in {"amir": False, "joanne": True}.items():
        client = people.browser(people.person(key))
        assert (own in client.get(reverse("reviews:edit", args=[review.pk])).text) is can
        assert ('name="question"' in client.get(own).text) is can
        assert client.post(own, sent).status_code == (302 if can else 422)
        assert SecondReader.objects.exists() is can


def test_who_takes_the_plan_over_starts_without_a_second_reader(review):
    second = reading(review)
    handing.hand_over(review, people.person("amir"), by=by("joanne"))
    assert not may_read(review)
    second.refresh_from_db()
    assert second.ended_why == "reader"
    assert "Only the one" in refused(ask, review)


def test_a_plan_that_rested_and_waits_again_has_no_second_reader(review):
    second, talk = reading(review), review.consultation
    talk.state, talk.cancelled_at, talk.cancelled_by = "cancelled", clock.now(), talk.patient
    talk.version += 1
    talk.save()
    opening.open_due_reviews(clock.now())
    assert Review.objects.get().state == "set_aside"
    opening.ask_for_reading(review.case, by=by("rosa"))
    second.refresh_from_db()
    assert (second.state, Review.objects.get().reader) == ("ended", None)
    assert not may_read(review)


def test_the_days_to_choose_are_business_days_of_our_house():
    with clock.lived_at(dt.datetime(2026, 12, 23, 17, tzinfo=dt.UTC)):
        days = actions.last_days()
    assert len(days) == 10
    assert dt.date(2026, 12, 25) not in days
    assert all(day.weekday() < 5 for day in days)


def test_messages_say_nothing_and_go_once(review):
    second = ask(review)
    assert waiting() == {(notices.ASKED, "vera")}
    actions.agree(second, by=by("vera"))
    actions.agree(second, by=by("vera"))
    assert waiting() == {(notices.TOLD, "rosa")}
    actions.let_read(second, True, by=by("rosa"))
    assert waiting() == set()
    actions.done(second, answer="Fine.", by=by("vera"))
    assert waiting() == {(notices.SAID, "joanne")}


def waiting():
    keys = {str(people.person(key).pk): key for key in ("vera", "rosa", "joanne")}
    rows = Reminder.objects.unsettled().filter(kind__startswith="second.")
    return {(row.kind, keys[row.recipient_id]) for row in rows}


def test_who_can_open_names_her_with_her_last_day(review):
    second = reading(review)
    found = [each for each in who_opens(review.case) if each.user.name == "Vera Holm"]
    assert [(each.role, each.verbs, each.second) for each in found] == [
        ("second_reader", frozenset({"read_documents"}), second)
    ]


def test_a_place_of_her_own_outlasts_it(review):
    second = reading(review)
    assign(review.case, people.person("vera"), why="booking", by=by("rosa"))
    actions.end(second, by=by("joanne"))
    assert rule.may("read_documents", review.case, people.person("vera"))
    assert rule.role_in(review.case, people.person("vera")) == "consultant"


def test_nobody_writes_a_note_for_her(review):
    second = reading(review)
    for key in ("joanne", "theo", "rosa", "amir"):
        refused(colleague.add_note, second, review, page=1, words="Hers?", by=by(key))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("second_state_is_known", {"state": "lost"}),
        ("second_ended_says_when_and_why", {"state": "ended"}),
        ("second_ended_says_when_and_why", {"ended_why": "done"}),
        ("second_yes_or_no_has_its_time", {"answered_at": None}),
        ("second_is_over_after_it_was_asked", {"over_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}),
    ],
)
def test_the_database_refuses(review, constraint, fields):
    second = reading(review)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SecondReader.objects.filter(pk=second.pk).update(**fields)


def test_the_database_refuses_two_at_once_and_a_page_0(review):
    second = reading(review)
    note = colleague.add_note(second, review, page=1, words="One.", by=by("vera"))
    with pytest.raises(IntegrityError, match="secondnote_pages_count_from_1"), transaction.atomic():
        SecondNote.objects.filter(pk=note.pk).update(page=0)
    second.pk, second._state.adding = None, True
    with pytest.raises(IntegrityError, match="second_one_open_per_case"), transaction.atomic():
        second.save()
