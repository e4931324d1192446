"""What is new, for each of the team: only what they may know, marked as read by each, told of once a day."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import ask_to_do, assign
from cases.case.models import NewsMark
from cases.opinions.questions import actions as questions
from cases.threads import actions as threads
from cases.threads import answering, digest, showing
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import news
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = pytest.mark.django_db


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def case():
    case = factories.open_case()
    assign(case, people.person("joanne"), why="taking", by=act("joanne"))
    return case


def lines(key) -> list[str]:
    return [event.verb for event in news.unread(people.person(key)).order_by("pk")]


def page(key, name="pages:news"):
    return people.browser(people.person(key)).get(reverse(name)).content.decode()


def test_the_team_reads_what_others_did_and_not_what_they_did_themselves(case):
    threads.send(case, "A word.", by=act("rosa"))
    threads.send(case, "An answer.", by=act("theo"))
    questions.add(case, text="How long?", by=act("rosa"))

    assert lines("theo") == ["message.sent", "question.added"]
    assert lines("joanne") == ["message.sent", "message.sent", "question.added"]
    assert lines("amir") == []
    html = page("theo")
    assert "A new message" in html
    assert "A word." not in html
    assert reverse("threads:thread", args=[case.pk]) in html


def test_a_private_question_is_no_news(case):
    questions.add(case, text="Am I dying?", is_private=True, by=act("rosa"))
    assert lines("theo") == []


def test_each_marks_as_read_one_by_one_or_all_that_was_shown(case):
    for text in ("One.", "Two."):
        threads.send(case, text, by=act("rosa"))
    theo = people.browser(people.person("theo"))
    first, second = [event.pk for event in news.unread(people.person("theo")).order_by("pk")]

    for _press in range(2):
        theo.post(reverse("pages:read_news"), {"ids": f"{first},x,99999999999999999999"})
    assert [event.pk for event in news.unread(people.person("theo"))] == [second]
    threads.send(case, "Three.", by=act("rosa"))
    theo.post(reverse("pages:read_news"), {"upto": str(second)})

    assert len(lines("theo")) == 1  # what came after the page was shown still stands
    assert len(lines("joanne")) == 3
    mark = NewsMark.objects.get(person=people.person("theo"))
    assert (mark.upto, mark.read) == (second, [])
    theo.post(reverse("pages:read_news"), {"upto": str(first)})
    mark.refresh_from_db()
    assert mark.upto == second


def test_a_mark_beyond_what_one_knows_counts_for_nothing(case):
    threads.send(case, "One.", by=act("rosa"))
    people.browser(people.person("amir")).post(reverse("pages:read_news"), {"upto": "999999999", "ids": "1"})
    assign(case, people.person("amir"), why="taking", by=act("amir"))
    assert lines("amir") == ["message.sent"]


def test_what_ends_with_a_place_in_the_case(case):
    threads.send(case, "One.", by=act("rosa"))
    case.assignments.update(ended_at=clock.now() + dt.timedelta(seconds=1))
    assert lines("joanne") == []


def test_a_message_that_was_read_in_its_thread_is_no_news(case):
    threads.send(case, "One.", by=act("rosa"))
    threads.note_reading(case, 1, by=act("theo"))
    threads.send(case, "Two.", by=act("rosa"))
    assert lines("theo") == ["message.sent"]
    assert lines("joanne") == ["message.sent", "message.sent"]


def test_old_news_is_no_news(case):
    threads.send(case, "One.", by=act("rosa"))
    with clock.lived_at(clock.now() + dt.timedelta(days=31)):
        assert lines("theo") == []


def test_what_was_asked_of_oneself_stands_on_top_until_it_is_done(case):
    threads.send(case, "One.", by=act("rosa"))
    answering.assign(case, people.person("joanne"), due_on=clock.today(people.person("joanne").zone), by=act("theo"))
    assert "Asked of you" in page("joanne")
    assert "Asked of you" not in page("theo")


def test_one_row_a_day_for_many_of_one_kind(case):
    for text in ("One.", "Two.", "Three."):
        threads.send(case, text, by=act("rosa"))
    assert page("theo").count("A new message (3)") == 1


def test_the_bell_counts_and_opens_for_the_team_alone(case):
    threads.send(case, "One.", by=act("rosa"))
    assert re.search(r'rs-bell.*?rs-count">1<', page("theo", "pages:caseload"), re.S)
    assert "rs-bell" not in page("mara", "accounts:people")
    for key in ("rosa", "mara"):
        assert people.browser(people.person(key)).get(reverse("pages:news")).status_code == 404


def test_the_daily_note_counts_what_is_new_and_can_be_switched_off(case):
    joanne = people.person("joanne")
    questions.add(case, text="How long?", by=act("rosa"))
    digest.plan_digests(clock.now())
    assert not Reminder.objects.filter(kind=digest.DIGEST).exists()

    User.objects.filter(pk=joanne.pk).update(wants_digest=True)
    digest.plan_digests(clock.now())
    row = Reminder.objects.get(kind=digest.DIGEST)
    said = digest.words([row], None, clock.now())[row.pk]
    assert (said.subject, said.path) == ("1 thing is new", reverse("pages:news"))
    assert "Rosa" not in said.subject + said.lead + said.line

    news.mark_read(joanne, upto=news.unread(joanne).get().pk)
    assert digest.still_due([row], clock.now()) == set()


def test_a_to_do_for_one_is_told_of_once_and_answers_are_not_counted_twice(case):
    joanne = people.person("joanne")
    today = clock.today(joanne.zone)
    ask_to_do("question", case, case=case, due_on=today, for_user=joanne, by=act("theo"))
    threads.send(case, "One.", by=act("rosa"))
    answering.assign(case, joanne, due_on=today, by=act("theo"))
    news.mark_read(joanne, upto=news.unread(joanne).get().pk)
    assert (news.waits(joanne), answering.count(joanne)) == (1, 1)


def test_unread_messages_are_counted_for_each(case):
    for text in ("One.", "Two."):
        threads.send(case, text, by=act("rosa"))
    theo, joanne = people.person("theo"), people.person("joanne")
    threads.note_reading(case, 1, by=Actor.person(joanne))

    assert showing.unread_by(theo, [case.pk]) == {case.pk: 2}
    assert showing.unread_by(joanne, [case.pk]) == {case.pk: 1}
    assert "2 you have not read" in page("theo", "threads:waiting")


def test_marks_that_cannot_be_are_refused(case):
    theo = people.person("theo")
    mark = NewsMark.objects.create(person=theo, read_at=clock.now())
    for wrong in ({"upto": -1}, {"read": list(range(501))}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NewsMark.objects.filter(pk=mark.pk).update(**wrong)
