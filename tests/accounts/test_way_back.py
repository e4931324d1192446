"""A lost phone, passkey or mailbox: who may ask and agree, what is waited for, what goes, and how it is stopped."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock, tries
from portal.accounts import actions as accounts
from portal.accounts import guessing
from portal.accounts.actions import change_address
from portal.accounts.actions import say_about_oneself as about_oneself
from portal.accounts.models import User, WayBack
from portal.accounts.way_back import actions, rules
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.people import browser, person

pytestmark = pytest.mark.django_db
SIGNS = ["rang", "born"]
LONG_AGO, ONE_DAY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1, seconds=1)


def by(key) -> Actor:
    return Actor.person(person(key))


@pytest.fixture
def rosa():
    rosa = factories.open_case().patient
    people.second_factor(rosa)
    return rosa


def ask(key="joanne", signs=SIGNS, asker="mara", **more) -> WayBack:
    return actions.ask(person(key), signs, by=by(asker), **more)


def later(way: WayBack):
    return time_machine.travel(way.asked_at + DAY)


def refused(action, *args, **more) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        action(*args, **more)
    return no.value.code


def factors(key) -> int:
    return Authenticator.objects.filter(user=person(key)).count()


def test_a_patient_gets_in_again_after_a_day_by_one_who_knows_her(rosa):
    client = browser(rosa)
    assert client.get("/account/").status_code == 200
    way = ask("rosa", asker="theo")
    assert refused(actions.finish, way, by=by("theo")) == "state"
    with later(way):
        actions.finish(way, by=by("theo"))
        actions.finish(way, by=by("theo"))
        assert client.get("/account/").status_code == 302
    assert factors("rosa") == 0
    assert Event.objects.filter(verb="account.second_factor_reset", patient=rosa.pk).count() == 1


def test_done_it_counts_wrong_codes_anew(rosa):
    request = browser().get("/").wsgi_request
    for _n in range(20):
        assert tries.may_under_all(guessing._second_steps(request, guessing.whose(rosa)))
    way = ask("rosa", asker="theo")
    assert guessing.are_second_steps_used_up(request, guessing.whose(rosa))
    with time_machine.travel(way.ready_at + dt.timedelta(seconds=1)):
        for _n in range(20):
            tries.may_under_all(guessing._second_steps(request, guessing.whose(rosa)))
        actions.finish(way, by=by("theo"))
        assert not guessing.are_second_steps_used_up(request, guessing.whose(rosa))


def test_a_new_address_hears_of_nothing_alone(rosa):
    change_address(rosa, email="rosa@example.net", phone="", by=by("theo"))
    assert refused(actions.ask, rosa, SIGNS, by=by("theo")) == "state"
    with time_machine.travel(clock.now() + rules.ADDRESS_STANDS + DAY):
        assert actions.ask(rosa, SIGNS, by=by("theo"))


def test_a_new_phone_number_keeps_nobody_waiting(rosa):
    change_address(rosa, email=rosa.email, phone="+14165550134", by=by("theo"))
    assert ask("rosa", asker="theo")


def test_the_password_goes_with_the_second_step(rosa):
    way = ask("rosa", asker="theo")
    assert person("rosa").has_usable_password()
    with later(way):
        actions.finish(way, by=by("theo"))
    assert not person("rosa").has_usable_password()


def test_staff_need_two_who_know_them():
    way = ask()
    with later(way):
        assert refused(actions.finish, way, by=by("mara")) == "state"
        for key in ("mara", "joanne", "amir", "rosa"):
            assert refused(actions.agree, way, by=by(key)) == "role"
        actions.agree(way, by=by("theo"))
        actions.finish(way, by=by("mara"))
    assert factors("joanne") == 0
    assert browser(person("joanne")).get("/account/")["Location"] == reverse("accounts:second_factor")


@pytest.mark.parametrize("asker", ["theo", "joanne", "amir", "rosa", "ines"])
def test_for_staff_only_an_administrator_asks(asker):
    assert refused(ask, asker=asker) == "role"


@pytest.mark.parametrize("asker", ["mara", "joanne", "rosa", "grace"])
def test_for_patients_only_a_coordinator_asks(rosa, asker):
    assert refused(ask, "rosa", asker=asker) == "role"


@pytest.mark.parametrize("signs", [[], ["rang"], ["rang", "rang"], ["born", "knows"], ["rang", "a mail came"]])
def test_too_few_or_too_weak_signs_are_none(rosa, signs):
    assert refused(ask, "rosa", signs, asker="theo") == "signs"


def test_what_was_checked_stands_in_her_record(rosa):
    ask("rosa", asker="theo")
    lines = Event.objects.filter(verb="account.known_by", patient=rosa.pk).values_list("why", flat=True)
    assert set(lines) == {"sign_rang", "sign_born"}


def test_asked_twice_is_once_and_a_week_later_anew(rosa):
    way = ask("rosa", asker="theo")
    assert ask("rosa", ["met", "paper"], asker="theo").pk == way.pk
    with time_machine.travel(way.ready_at + rules.LASTS + DAY):
        assert refused(actions.finish, way, by=by("theo")) == "state"
        assert ask("rosa", asker="theo").pk != way.pk


def test_they_are_told_at_their_address_and_stop_it_with_one_press(rosa, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        way = ask("rosa", asker="theo")
    assert [message.to for message in mail.outbox] == [["rosa@example.org"]]
    client = with_second_step(rosa)
    assert "That was not me" in client.get(reverse("accounts:settings")).content.decode()
    for _press in range(2):
        assert client.post(reverse("pages:stop_way_back")).status_code == 302
    with later(way):
        assert refused(actions.finish, way, by=by("theo")) == "state"
    assert factors("rosa") > 0
    assert Event.objects.filter(verb="account.way_back_stopped").count() == 1


def with_second_step(user):
    """Signed in, and shown again just now by a code of the app."""
    Authenticator.objects.filter(user=user).delete()
    client, secret = browser(user), people.second_factor(user)
    client.get("/account/check/")
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(reverse("mfa_reauthenticate"), {"code": code}).status_code == 302
    return client


def test_who_found_the_phone_is_signed_out(rosa):
    client = browser(rosa)
    assert client.get("/account/").status_code == 200
    ask("rosa", asker="theo")
    assert client.get("/account/").status_code == 302


def test_a_mailed_code_does_not_stop_it(rosa):
    ask("rosa", asker="theo")
    client = browser(rosa)
    client.get("/account/check/")
    answer = client.post(reverse("pages:stop_way_back"))
    assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Faccount%2F"
    assert WayBack.objects.open().exists()
    assert "press once more" in client.get(answer["Location"]).content.decode()


def test_a_lost_mailbox_of_staff_is_replaced_with_the_rest(django_capture_on_commit_callbacks):
    way = ask(email="Joanne.New@example.org")
    actions.agree(way, by=by("theo"))
    with django_capture_on_commit_callbacks(execute=True), later(way):
        actions.finish(way, by=by("mara"))
    joanne = WayBack.objects.get().person
    assert joanne.email == "joanne.new@example.org"
    assert list(EmailAddress.objects.filter(user=joanne).values_list("email", "verified")) == [(joanne.email, False)]
    assert {message.to[0] for message in mail.outbox} == {"joanne@example.org", "joanne.new@example.org"}


def test_an_address_of_somebody_else_is_refused():
    person("amir")
    assert refused(ask, email="AMIR@example.org") == "email"


def test_without_a_second_step_there_is_nothing_to_take_away():
    factories.open_case()
    assert refused(ask, "rosa", asker="theo") == "state"


def test_a_lost_phone_without_a_second_step_is_signed_out_now_and_she_is_told(django_capture_on_commit_callbacks):
    rosa = factories.open_case().patient
    phone, desk, where = browser(rosa), browser(person("theo")), reverse("pages:way_back", args=[rosa.pk])
    assert phone.get("/account/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(where, {"do": "sign_out"}).status_code == 302
        assert "They are signed in nowhere now" in desk.post(where, {"do": "sign_out"}, follow=True).content.decode()
    assert phone.get("/account/").status_code == 302
    sent = [(message.to, message.subject) for message in mail.outbox]
    assert sent == [([rosa.email], "You are signed out everywhere")]
    line = Event.objects.get(verb="account.signed_out_everywhere")
    assert (line.actor_id, line.patient, line.about_id) == (person("theo").pk, rosa.pk, str(rosa.pk))
    assert browser(rosa).get("/account/").status_code == 200  # nothing else has changed
    assert desk.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("who", "asker"), [("rosa", "mara"), ("rosa", "joanne"), ("rosa", "grace"), ("joanne", "theo"), ("theo", "theo")]
)
def test_only_who_looks_after_them_signs_them_out(who, asker):
    factories.open_case()
    phone = browser(person(who))
    assert phone.get("/account/").status_code == 200
    assert refused(actions.sign_out_everywhere, person(who), by=by(asker)) == "role"
    assert phone.get("/account/").status_code == 200


@pytest.mark.parametrize("gone", ["asked_by", "agreed_by"])
def test_who_vouched_must_still_be_one_of_us_when_it_is_done(gone):
    way = ask()
    actions.agree(way, by=by("theo"))
    with later(way):
        left = getattr(WayBack.objects.get(), gone)
        User.objects.filter(pk=left.pk).update(can_sign_in=False)
        for action in (actions.finish, actions.finish_by_two):
            assert refused(action, WayBack.objects.get(), by=by("mara")) == "state"
        assert factors("joanne") > 0
        User.objects.filter(pk=left.pk).update(can_sign_in=True)
        actions.finish(WayBack.objects.get(), by=by("mara"))
    assert factors("joanne") == 0


def command(*seen_by, signs=SIGNS, email="joanne@example.org") -> str:
    out = StringIO()
    said = [word for key in seen_by for word in ("--seen-by", f"{key}@example.org")]
    call_command("reset_second_factor", email, *said, *(w for sign in signs for w in ("--sign", sign)), stdout=out)
    return out.getvalue()


def test_from_a_shell_it_needs_two_tells_and_waits_a_day(django_capture_on_commit_callbacks):
    joanne, client = person("joanne"), browser(person("joanne"))
    for key in ("theo", "mara", "rosa", "amir"):
        person(key)
    assert client.get("/account/").status_code == 200
    for seen_by, signs in [(["theo"], SIGNS), (["theo", "joanne"], SIGNS), (["theo", "rosa"], SIGNS)]:
        with pytest.raises(CommandError, match="2 of the staff"):
            command(*seen_by, signs=signs)
    with pytest.raises(CommandError, match="Two signs"):
        command("theo", "mara", signs=["born"])
    with django_capture_on_commit_callbacks(execute=True):
        assert "Say the same again" in command("theo", "mara")
    assert [message.to for message in mail.outbox] == [[joanne.email]]
    assert client.get("/account/").status_code == 302
    assert "Say the same again" in command("theo", "mara")
    assert factors("joanne") > 0
    with later(WayBack.objects.get()):
        assert "Say the same again" in command("theo", "amir")  # not the two who asked
        assert "Removed" in command("theo", "mara")
    assert factors("joanne") == 0
    assert Event.objects.filter(verb="account.second_factor_reset", about_id=joanne.pk).count() == 1


def test_what_was_asked_from_a_shell_is_stopped_as_any_other():
    for key in ("theo", "mara", "joanne"):
        person(key)
    command("theo", "mara")
    actions.stop(WayBack.objects.get(), by=by("joanne"))
    with time_machine.travel(clock.now() + DAY):
        assert "Say the same again" in command("theo", "mara")
    assert factors("joanne") > 0


def test_a_patients_lost_mailbox_waits_a_day_and_the_old_one_and_the_phone_are_told(
    gateway, django_capture_on_commit_callbacks
):
    rosa = factories.open_case().patient
    about_oneself(rosa, fields={"phone": "+14165550134"}, by=by("rosa"))
    client = browser(rosa)
    assert client.get("/account/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        way = ask("rosa", asker="theo", email="Rosa.New@example.net")
    assert [message.to for message in mail.outbox] == [["rosa@example.org"]]
    assert "cannot read this mailbox" in mail.outbox[0].body
    assert "example.net" not in mail.outbox[0].body
    [(_key, text, _headers)] = gateway.posts
    assert (text["to"], "example" in text["text"]) == ("+14165550134", False)
    assert client.get("/account/").status_code == 302
    assert refused(actions.finish, way, by=by("theo")) == "state"
    assert person("rosa").email == "rosa@example.org"
    with later(way), django_capture_on_commit_callbacks(execute=True):
        actions.finish(way, by=by("theo"))
    assert User.objects.get(pk=rosa.pk).email == "rosa.new@example.net"
    assert {message.to[0] for message in mail.outbox[1:]} == {"rosa@example.org", "rosa.new@example.net"}


def test_whoever_still_has_the_mailbox_stops_that_it_is_taken():
    rosa = factories.open_case().patient
    way = ask("rosa", asker="theo", email="rosa.new@example.net")
    client = browser(rosa)  # by a code to the mailbox that was not lost
    assert "your mailbox is lost" in client.get(reverse("accounts:settings")).content.decode()
    client.post(reverse("pages:stop_way_back"))
    with later(way):
        assert refused(actions.finish, way, by=by("theo")) == "state"
    assert person("rosa").email == "rosa@example.org"


def test_who_rings_in_her_name_has_her_address_neither_at_once_nor_in_two_steps():
    rosa = factories.open_case().patient
    where, said = reverse("pages:fix_address", args=[rosa.pk]), {"is_known": "on", "phone": "", "channel": "mail"}
    theo = browser(person("theo"))
    answer = theo.post(where, said | {"email": "thief@example.net"})
    assert answer.status_code == 422
    assert "They sign in with the address we have" in answer.content.decode()
    by_call = said | {"phone": "+14165550134", "channel": "call", "is_wish": "on"}
    assert theo.post(where, by_call | {"email": ""}).status_code == 302
    answer = theo.post(where, by_call | {"email": "thief@example.net"})
    assert "taken away less than 7 days ago" in answer.content.decode()
    with time_machine.travel(clock.now() + rules.ADDRESS_STANDS + DAY):
        theo = browser(person("theo"))
        assert theo.post(where, by_call | {"email": "rosa@example.net"}).status_code == 302


@pytest.mark.parametrize("leaver", ["mara", "theo"])
def test_the_word_of_somebody_who_left_opens_nothing(leaver):
    way = actions.agree(ask(), by=by("theo"))
    accounts.change_role(person("amir"), role="administrator", by=by("mara"))
    accounts.close_account(person(leaver), by=by("amir"))
    with later(way):
        assert refused(actions.finish, way, by=by("amir")) == "state"
        assert (
            "Whoever asked"
            in browser(person("amir"))
            .post(reverse("pages:way_back", args=[way.person_id]), {"do": "finish"})
            .content.decode()
        )
        actions.stop(way, by=by("amir"))
        assert ask(asker="amir").pk != way.pk
    assert factors("joanne") == 1 + 1


@pytest.mark.parametrize("how", ["closed", "another role"])
def test_for_a_patient_too(rosa, how):
    way = ask("rosa", asker="theo")
    accounts.change_role(person("amir"), role="coordinator", by=by("mara"))
    if how == "closed":
        accounts.close_account(person("theo"), by=by("mara"))
    else:
        accounts.change_role(person("theo"), role="", by=by("mara"))
    with later(way):
        assert refused(actions.finish, way, by=by("amir")) == "state"


def test_nobody_agrees_to_what_was_asked_by_somebody_who_left():
    way = ask()
    accounts.change_role(person("amir"), role="administrator", by=by("mara"))
    accounts.close_account(person("mara"), by=by("amir"))
    assert refused(actions.agree, way, by=by("theo")) == "state"


def test_nothing_is_asked_for_somebody_who_died(rosa):
    accounts.end_for_death(rosa, by=by("theo"))
    assert refused(ask, "rosa", asker="theo") == "state"


def test_the_whole_way_by_its_pages():
    joanne = person("joanne")
    where = reverse("pages:way_back", args=[joanne.pk])
    mara, theo = browser(person("mara")), browser(person("theo"))
    assert theo.get(where).status_code == 404  # until somebody asks
    assert mara.post(where, {"do": "ask", "signs": ["born"]}).status_code == 422
    assert mara.post(where, {"do": "ask", "signs": SIGNS}).status_code == 302
    assert theo.post(where, {"do": "finish"}).status_code == 422
    assert theo.post(where, {"do": "agree"}).status_code == 302
    assert mara.post(where, {"do": "finish"}).status_code == 422
    with time_machine.travel(WayBack.objects.get().ready_at + DAY, tick=False):
        mara = browser(person("mara"))
        assert mara.post(where, {"do": "finish"}).status_code == 302
    assert factors("joanne") == 0


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("wayback_is_by_two_signs", {"signs": ["rang"]}),
        ("wayback_waits_a_day", {"ready_at": LONG_AGO}),
        ("wayback_is_not_by_the_person_alone", {"asked_by": "joanne"}),
        ("wayback_agreed_by_another", {"agreed_by": "mara", "agreed_at": ONE_DAY}),
        (
            "wayback_done_at_and_by_after_the_wait",
            {"done_by": "mara", "done_at": LONG_AGO},
        ),
        ("wayback_stopped_at_and_by_and_not_done", {"stopped_by": "mara"}),
    ],
)
def test_the_database_refuses(constraint, fields):
    way = ask()
    row = {name: person(value) if name.endswith("_by") else value for name, value in fields.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WayBack.objects.filter(pk=way.pk).update(**row)
