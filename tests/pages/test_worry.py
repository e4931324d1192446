""" "Worried about this person": said by the team, seen by the team, cleared with what was done; by nobody else seen."""

import datetime as dt
import logging

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case import people as rule
from cases.case.actions import WORRY, assign
from cases.case.models import ToDo, Worry
from cases.case.worry_actions import clear_worries, raise_worry
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.pages_table import PAGES
from tests.test_access import ask
from tests.world import built, world  # noqa: F401

pytestmark = pytest.mark.django_db
WHY = "Sounds hopeless-zebra on the phone."


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


def browser(key):
    return people.browser(people.person(key))


@pytest.fixture
def case():
    case = factories.open_case()
    assign(case, people.person("joanne"), why="taking", by=act("joanne"))
    return case


def url(case):
    return reverse("pages:worry", args=[case.pk])


def test_one_to_do_however_many_are_worried(case):
    raise_worry(case, WHY, by=act("joanne"))
    raise_worry(case, WHY, by=act("joanne"))
    raise_worry(case, "Cried twice.", by=act("theo"))
    raise_worry(case, "Cried three times.", by=act("theo"))

    assert Worry.objects.open().count() == 2
    todo = ToDo.objects.open().get(kind=WORRY)
    assert (todo.about_id, todo.note, todo.due_on) == (str(case.pk), "", clock.today(people.person("theo").zone))
    assert {each.reason for each in Worry.objects.select_related("case__key")} == {WHY, "Cried three times."}


def test_only_the_team_of_the_case_says_so(case):
    for other in ("rosa", "ama", "amir", "mara", "grace"):
        with pytest.raises(Refused):
            raise_worry(case, WHY, by=act(other))
        assert not Worry.objects.visible_to(people.person(other)).exists()
    for words, why in (("  ", "in a few words"), ("x" * 501, "under 500 letters")):
        with pytest.raises(Refused, match=why):
            raise_worry(case, words, by=act("theo"))
    assert not Worry.objects.exists()


@pytest.mark.full
def test_it_opens_nothing_for_anybody(case):
    before = {key: {verb for verb in rule.MAY if rule.may(verb, case, people.person(key))} for key in people.CAST}
    raise_worry(case, WHY, by=act("joanne"))
    after = {key: {verb for verb in rule.MAY if rule.may(verb, case, people.person(key))} for key in people.CAST}
    assert before == after


def test_it_is_cleared_once_with_what_was_done_and_only_when_all_was_read(case):
    raise_worry(case, WHY, by=act("joanne"))
    raise_worry(case, "Cried.", by=act("theo"))
    with pytest.raises(Refused, match="Somebody else is worried, too"):
        clear_worries(case, "We talked.", seen=1, by=act("theo"))
    with pytest.raises(Refused, match="what was done"):
        clear_worries(case, " ", seen=2, by=act("theo"))

    assert clear_worries(case, "We talked.", seen=2, by=act("joanne")) == 2
    assert clear_worries(case, "Again.", seen=0, by=act("joanne")) == 0

    assert {each.done for each in Worry.objects.select_related("case__key")} == {"We talked."}
    assert not ToDo.objects.open().filter(kind=WORRY).exists()


def test_history_holds_ids_alone_and_stands_in_no_log_of_hers(case):
    raise_worry(case, WHY, by=act("joanne"))
    clear_worries(case, "We talked.", seen=1, by=act("theo"))

    lines = Event.objects.filter(verb__in=["worry.raised", "worry.cleared", "todo.asked", "todo.done"])
    assert [line.verb for line in lines.order_by("pk")] == ["worry.raised", "todo.asked", "worry.cleared", "todo.done"]
    assert not lines.exclude(patient=None, case_id=None).exists()


def test_words_are_sealed_and_rows_that_cannot_be_are_refused(case):
    worry = raise_worry(case, WHY, by=act("joanne"))
    assert b"zebra" not in bytes(Worry.objects.filter(pk=worry.pk).values_list("reason", flat=True).get() or b"")
    now = clock.now()
    for wrong in (
        {"cleared_at": now},
        {"done": b"x"},
        {"reason": b""},
        {"cleared_at": now, "cleared_by": worry.raised_by},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Worry.objects.filter(pk=worry.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Worry.objects.create(case=case, raised_by=worry.raised_by, raised_at=now, reason=b"x")


def test_the_team_sees_it_on_its_pages_and_calls(case):
    theo, joanne = browser("theo"), browser("joanne")
    assert joanne.post(url(case), {"do": "raise", "why-words": WHY}).status_code == 302
    assert "hopeless-zebra" in theo.get(url(case)).content.decode()

    assert (
        "One of us is worried about this person."
        in theo.get(reverse("pages:case_file", args=[case.pk])).content.decode()
    )
    assert "One of us is worried about Rosa Delgado." in joanne.get(reverse("pages:today")).content.decode()
    board = theo.get(reverse("pages:caseload")).content.decode()
    assert "Worried about this person" in board
    for view in ("board", "list"):
        only = theo.get(reverse("pages:caseload"), {"worried": "on", "view": view}).content.decode()
        assert "We are worried" in only
        assert "Rosa Delgado" in only
    todo = ToDo.objects.open().get(kind=WORRY)
    call = reverse("pages:log_call", args=[case.pk]) + f"?todo={todo.pk}"
    assert "Lines for a crisis:" in theo.get(call).content.decode()
    done = theo.post(call, {"came_of": "reached", "follows": "done", "press": "0" * 32})
    assert done["Location"] == url(case)
    assert theo.post(url(case), {"do": "clear", "done-words": "We talked.", "done-seen": "1"}).status_code == 302
    assert "One of us is worried" not in theo.get(reverse("pages:case_file", args=[case.pk])).content.decode()
    assert "We talked." in theo.get(url(case)).content.decode()


def test_a_filter_leaves_others_out_and_done_leads_to_the_page(case):
    factories.open_case(people.person("grace"))
    theo = browser("theo")
    raise_worry(case, WHY, by=act("theo"))
    only = theo.get(reverse("pages:caseload"), {"worried": "on", "view": "list"}).content.decode()
    assert "Grace Tanaka" not in only

    todo = ToDo.objects.open().get(kind=WORRY)
    assert theo.post(reverse("pages:settle_to_do", args=[todo.pk]))["Location"] == url(case)
    assert ToDo.objects.open().filter(pk=todo.pk).exists()


def test_a_form_without_words_says_so(case):
    theo = browser("theo")
    assert theo.post(url(case), {"do": "raise", "why-words": ""}).status_code == 422
    raise_worry(case, WHY, by=act("joanne"))
    assert theo.post(url(case), {"do": "clear", "done-words": "", "done-seen": "1"}).status_code == 422
    assert theo.post(url(case), {"do": "clear", "done-words": "Hm.", "done-seen": "0"}).status_code == 409
    hostile = "<script>alert(1)</script>"
    theo.post(url(case), {"do": "raise", "why-words": hostile})
    assert hostile not in theo.get(url(case)).content.decode()


OPEN_TO_HER = [name for name, page in PAGES.items() if "patient" in page.who and page.posts != "only"]
FIRST = ["pages:case_home", "threads:thread", "pages:privacy", "pages:privacy_list", "pages:ledger", "pages:sheet"]


def stands_on_no_page(names, world, caplog):  # noqa: F811
    from cases.case.models import Case

    case = Case.objects.get(pk=world["case"])
    with caplog.at_level(logging.DEBUG):
        raise_worry(case, WHY, by=act("joanne"))
        for person in ("patient", "starter", "helper", "dates_only"):
            client = world.client(person)
            for name in names:
                answer = ask(client, "get", name, world)
                said = answer.getvalue() if answer.streaming else answer.content
                assert b"zebra" not in said, (name, person)
                assert b"orried about this person" not in said, (name, person)
                assert b"is worried" not in said, (name, person)
    assert "zebra" not in caplog.text
    assert not [letter for letter in mail.outbox if "orried" in letter.subject + letter.body]


def test_it_stands_on_no_page_of_hers_or_her_helpers(world, caplog):  # noqa: F811
    stands_on_no_page(FIRST, world, caplog)


@pytest.mark.full
def test_it_stands_on_no_page_at_all_of_hers_or_her_helpers(world, caplog):  # noqa: F811
    stands_on_no_page(OPEN_TO_HER, world, caplog)


def test_nobody_is_worried_anew_about_a_closed_case(case):
    worry = raise_worry(case, WHY, by=act("theo"))
    type(case).objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())
    assert worry.raised_at <= clock.now() + dt.timedelta(seconds=1)
    with pytest.raises(Refused):
        raise_worry(case, "More.", by=act("theo"))
