"""Who asked for anyone who speaks a language, or knows something best, hears of those alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions, anyone, availability_actions
from bookings.models import Consultation, Hold, Service, ToldTime, Wish
from bookings.picker import value_of
from bookings.waiting import actions as waiting
from bookings.waiting import looking
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
LUNG = anyone.code_of("Lung cancer")


def hand(user):
    return Actor.person(user)


@pytest.fixture
def joannes_other(practice, amirs):
    """Grace has the first time that Joanne has free, and Ama the first of Amir's."""
    return factories.book(factories.open_case(people.person("grace")), practice.consultant, service="first_talk")


@pytest.fixture
def amirs_other(amirs):
    return factories.book(factories.open_case(people.person("ama")), amirs.consultant, service="first_talk")


def page(case):
    return reverse("bookings:earlier", args=[case.pk])


def words(answer):
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def sent(**more):
    days = {"weekdays": [str(day) for day in range(7)], "until_on": "2026-12-20", "part": "any"}
    return {"service": "first_talk", "who": "anyone", **days, **more}


def ask(case, **wish):
    fields = {"weekdays": range(7), "until_on": clock.today(case.patient.zone) + timedelta(days=60)}
    talk = Service.objects.get(code="first_talk")
    return waiting.ask(case, service=talk, **(fields | wish), by=hand(case.patient))


def free_it(call):
    actions.cancel(call, by=hand(call.patient))
    return looking.look(clock.now())


@pytest.mark.parametrize("wish", [{"speaks": "French"}, {"knows": LUNG}, {"speaks": "French", "knows": LUNG}])
def test_only_the_times_of_who_fits_are_told_and_shown(case, rosa, joannes_other, amirs_other, amirs, wish):
    hers = people.browser(rosa)
    assert hers.post(page(case), sent(**wish)).status_code == 302
    kept = Wish.objects.get()
    assert (kept.consultant, kept.speaks, kept.knows) == (None, wish.get("speaks", ""), wish.get("knows", ""))
    assert free_it(joannes_other) == 0
    assert free_it(amirs_other) == 1
    assert set(ToldTime.objects.values_list("consultant", flat=True)) == {amirs.pk}
    shown = words(hers.get(page(case)))
    said = " and ".join(word for word, asked in (("French", "speaks"), ("Lung cancer", "knows")) if asked in wish)
    assert f"With anyone of us who fits what was chosen: {said}." in shown
    assert "With Amir, by video" in shown
    assert "With Joanne" not in shown
    for name, word in wish.items():
        assert f'<input type="hidden" name="{name}" value="{word}">' in shown


def test_a_press_on_such_a_time_takes_who_fits_and_nobody_else(case, rosa, practice, amirs, joannes_other):
    call = factories.book(case, practice.consultant, service="first_talk", starts_at=_late(case, practice))
    ask(case, call=call, speaks="French")
    hers, move = people.browser(rosa), reverse("bookings:move", args=[call.pk])
    time = looking.times_for(Wish.objects.get(), call, [amirs, practice], clock.now())[0]
    pressed = {"slot": value_of(time[1]), "how": "phone", "with": "anyone", "speaks": "French"}
    amirs.left_out = ["first_talk"]
    amirs.save(update_fields=["left_out"])
    lost = hers.post(move, pressed)
    assert (lost.status_code, Hold.objects.count()) == (409, 0)
    assert "None of us who fits what you chose (French) gives this kind of call." in words(lost)
    amirs.left_out = []
    amirs.save(update_fields=["left_out"])
    assert hers.post(move, pressed).status_code == 302
    assert Hold.objects.get().consultant_id == amirs.pk


def _late(case, practice):
    return looking.times_for(
        Wish(case=case, service=Service.objects.get(code="first_talk"), consultant=practice.consultant,
             until_on=clock.today(case.patient.zone) + timedelta(days=60)),
        None, [practice], clock.now(),
    )[-1][1]  # fmt: skip


def test_the_links_to_earlier_times_keep_what_was_chosen_and_the_form_begins_with_it(case, rosa, practice, amirs):
    hers, wish = people.browser(rosa), f"with=anyone&amp;speaks=French&amp;knows={LUNG}"
    chosen = {"service": "first_talk", "with": "anyone", "speaks": "French", "knows": LUNG}
    times = words(hers.get(reverse("bookings:pick", args=[case.pk]), chosen))
    assert f'href="{page(case)}?service=first_talk&amp;{wish}"' in times
    shown = words(hers.get(page(case), {**chosen, "speaks": "french"}))
    assert '<option value="French" selected>French</option>' in shown
    assert f'<option value="{LUNG}" selected>Lung cancer</option>' in shown
    assert "?service=first_talk&amp;with=anyone&amp;speaks=french" in shown
    call = factories.book(case, practice.consultant, service="first_talk")
    moves = words(hers.get(reverse("bookings:move", args=[call.pk]), {"with": "anyone", "speaks": "French"}))
    assert f'href="{page(case)}?call={call.pk}&amp;with=anyone&amp;speaks=French"' in moves
    shown = words(hers.get(page(case), {"call": call.pk, "with": "anyone", "speaks": "French"}))
    assert '<option value="French" selected>French</option>' in shown
    assert 'value="anyone"' in shown.split("checked")[0].rpartition("<input")[2]


def test_of_somebody_named_nothing_is_asked(case, rosa, practice, amirs):
    answer = people.browser(rosa).post(page(case), sent(who=str(practice.pk), speaks="French", knows=LUNG))
    wish = Wish.objects.get()
    assert (answer.status_code, wish.consultant_id, wish.speaks, wish.knows) == (302, practice.pk, "", "")


def test_where_nobody_fits_none_is_waited_for(case, rosa, practice, amirs):
    hers = people.browser(rosa)
    for unknown in ({"speaks": "<b>Welsh"}, {"knows": "00000000"}):
        answer = hers.post(page(case), sent(**unknown))
        assert (answer.status_code, "<b>Welsh" in words(answer)) == (422, False)
    availability_actions.set_about(
        practice, profession="Nurse", languages="Polish", specialties="", video_address="", by=hand(practice.consultant)
    )
    answer = hers.post(page(case), sent(speaks="Polish", knows=LUNG))
    assert answer.status_code == 409
    assert "None of us who fits what you chose gives this kind of call." in words(answer)
    with pytest.raises(Refused, match="None of us"):
        ask(case, speaks="Welsh")
    assert not Wish.objects.exists()


def test_who_fits_has_left_and_the_wish_is_widened_once(case, rosa, amirs):
    hers = people.browser(rosa)
    hers.post(page(case), sent(speaks="French"))
    assert "Wait for any of us" not in words(hers.get(page(case)))
    amirs.left_out = ["first_talk"]
    amirs.save(update_fields=["left_out"])
    assert "Wait for any of us" in words(hers.get(page(case)))
    for _time in range(2):
        assert hers.post(page(case), {"do": "widen"}).status_code == 302
    wish = Wish.objects.get()
    assert (wish.speaks, wish.times_told, "Free now" in words(hers.get(page(case)))) == ("", 0, True)


def test_coordinators_read_what_is_asked(case, rosa, amirs):
    people.browser(rosa).post(page(case), sent(speaks="French", knows=LUNG))
    shown = words(people.browser(people.person("theo")).get(reverse("bookings:waiting")))
    assert "With anyone of us who fits what was chosen: French and Lung cancer." in shown


@pytest.mark.parametrize("wrong", [{"consultant": True, "speaks": "French"}, {"knows": "Lung"}])
def test_the_database_refuses_what_is_asked_of_somebody_named_and_what_is_no_code(case, amirs, wrong):
    wish = ask(case)
    if wrong.get("consultant"):
        wrong = wrong | {"consultant": amirs.consultant}
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(pk=wish.pk).update(**wrong)
    assert not Consultation.objects.exists()


def test_the_zone_of_who_takes_it_is_named_where_it_differs(case, rosa, practice, amirs):
    hers = people.browser(rosa)
    hers.post(page(case), sent(speaks="French"))
    assert "Amir is in" not in words(hers.get(page(case)))
    amirs.time_zone = "America/Vancouver"
    amirs.save(update_fields=["time_zone"])
    assert "With Amir, by video. Amir is in Pacific Time" in words(hers.get(page(case)))
