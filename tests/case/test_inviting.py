"""Asking somebody by email or phone to help: who may, what holds before and after, once, late, and twice."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from cases.case import people as rule
from cases.case.helping import actions as helping
from cases.case.helping.inviting import actions, erasing, links, rules
from cases.case.helping.inviting.models import Invite
from cases.case.helping.models import Helper, Mandate
from cases.case.models import Case, ToDo
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import kinds
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import factories, people

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 4, 17, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture(autouse=True)
def noon():
    with clock.lived_at(NOON):
        yield


@pytest.fixture
def case() -> Case:
    return factories.open_case()


def ask(case: Case, key: str = "rosa", **said) -> Invite:
    said = {"name": "Ama Osei", "email": "ama@example.org", "chosen": "most"} | said
    return actions.invite(case, **said, by=act(key))


def take(asked: Invite, key: str = "ama") -> Helper:
    return actions.take(asked, people.person(key), by=act(key))


def due(kind: str) -> list[Reminder]:
    rows = list(Reminder.objects.unsettled().filter(kind=kind))
    still = kinds.kind_of(kind).still_due(rows, clock.now())
    return [row for row in rows if row.pk in still]


def test_nothing_opens_before_the_person_takes_it_and_then_what_was_chosen(case):
    asked = ask(case, chosen="own", switches=["files"], until_on=dt.date(2026, 12, 31))
    ama = people.person("ama")
    assert not rule.role_in(case, ama)

    helper = take(asked)

    assert (helper.chosen, helper.switches, helper.until_on) == ("own", {"files"}, dt.date(2026, 12, 31))
    assert (helper.agreed_how, helper.recorded_by) == ("page", people.person("rosa"))
    assert rule.may("read_documents", case, ama)
    assert not rule.may("book", case, ama)
    assert [row.recipient_id for row in due("helping.taken")] == [str(case.patient_id)]
    assert not due("helping.invited")
    assert list(Event.objects.filter(verb__startswith="helping.").order_by("pk").values_list("verb", "actor_id")) == [
        ("helping.invited", case.patient_id),
        ("helping.taken", ama.pk),
    ]


def test_the_same_form_twice_asks_once_and_another_wish_says_so(case):
    assert ask(case) == ask(case)
    with pytest.raises(Refused):
        ask(case, chosen="acts")
    assert Invite.objects.count() == Reminder.objects.filter(kind="helping.invited").count() == 1


@pytest.mark.parametrize("key", ["ama", "grace", "joanne", "mara"])
def test_only_the_patient_asks_or_a_coordinator_who_heard_it(case, key):
    for how in ("page", "phone"):
        with pytest.raises(Refused):
            ask(case, key, how=how)
    assert ask(case, "theo", how="phone").how == "phone"
    with pytest.raises(Refused):
        ask(case, "theo", email="b@example.org", how="page")


def test_a_coordinator_asks_and_the_record_says_for_whom(case):
    helper = take(ask(case, "theo", how="phone"))
    assert (helper.agreed_how, helper.recorded_by) == ("phone", people.person("theo"))
    assert Event.objects.get(verb="helping.invited").for_patient == case.patient_id


@pytest.mark.parametrize("email", ["rosa@example.org", "ROSA@example.org", "ines@example.org", ""])
def test_one_mailbox_is_one_person(case, email):
    helping.agree(helping.ask(case, people.person("ines"), by=act("rosa")), chosen="dates", by=act("rosa"))
    with pytest.raises(Refused) as no:
        ask(case, email=email)
    assert no.value.code == "email"


def test_whoever_asked_already_is_answered_not_asked():
    case = factories.open_case(starter=people.person("ama"))
    helping.ask(case, people.person("ama"), by=act("ama"))
    with pytest.raises(Refused):
        ask(case)


def test_it_is_taken_once_and_pressed_twice_it_is_once(case):
    asked = ask(case)
    assert take(asked) == take(asked)
    other = people.person("grace")
    EmailAddress.objects.filter(user=other).update(email="ama2@example.org")
    with pytest.raises(Refused):
        take(asked, "grace")
    assert Helper.objects.count() == Event.objects.filter(verb="helping.taken").count() == 1


@pytest.mark.parametrize("key", ["grace", "rosa", "theo"])
def test_another_account_cannot_take_it(case, key):
    with pytest.raises(Refused):
        take(ask(case), key)
    assert not Helper.objects.exists()


def test_an_address_that_is_not_confirmed_is_not_enough(case):
    asked = ask(case)
    EmailAddress.objects.filter(user=people.person("ama")).update(verified=False)
    with pytest.raises(Refused):
        take(asked)


def test_taken_back_it_opens_nothing(case):
    asked = ask(case)
    for _press in range(2):
        actions.withdraw(asked, by=act("rosa"))
    with pytest.raises(Refused):
        take(asked)
    assert not due("helping.invited")
    assert Event.objects.filter(verb="helping.invite_withdrawn").count() == 1
    assert ask(case) != asked


def test_what_was_taken_is_ended_not_taken_back(case):
    asked = ask(case)
    take(asked)
    with pytest.raises(Refused):
        actions.withdraw(asked, by=act("rosa"))


def test_it_ends_by_itself_and_can_be_asked_anew(case):
    asked = ask(case)
    with clock.lived_at(NOON + rules.LASTS + DAY):
        with pytest.raises(Refused):
            take(asked)
        assert not due("helping.invited")
        assert ask(case) != asked
    asked.refresh_from_db()
    assert asked.ended_as == "expired"


def test_it_never_outlasts_the_help(case):
    asked = ask(case, until_on=dt.date(2026, 11, 5))
    assert asked.good_until == dt.datetime(2026, 11, 6, 5, tzinfo=dt.UTC)
    with clock.lived_at(NOON + 3 * DAY), pytest.raises(Refused):
        actions.send_again(asked, by=act("rosa"))


def test_sent_again_the_link_before_is_false(case):
    asked = ask(case)
    old = links.path_of(asked).split("/")[2]
    assert links.invite_for(old) == asked
    with pytest.raises(Refused):
        actions.send_again(asked, by=act("rosa"))
    with clock.lived_at(NOON + 13 * DAY):
        asked = actions.send_again(asked, by=act("theo"))
        assert links.invite_for(old) is None
        assert asked.good_until > clock.now() + rules.LASTS - DAY
        assert [row.version for row in due("helping.invited")] == [2]
    with clock.lived_at(NOON + 20 * DAY):
        assert take(asked)


def test_a_mailbox_is_not_pestered(case):
    asked = ask(case)
    for times in range(1, rules.TIMES_AT_MOST + 1):
        with clock.lived_at(NOON + times * DAY):
            if times < rules.TIMES_AT_MOST:
                actions.send_again(asked, by=act("rosa"))
            else:
                with pytest.raises(Refused):
                    actions.send_again(asked, by=act("rosa"))


def test_strangers_are_not_written_to_in_numbers(case):
    for number in range(rules.A_DAY_AT_MOST):
        actions.withdraw(ask(case, email=f"someone{number}@example.org"), by=act("rosa"))
    with pytest.raises(Refused):
        ask(case)


@pytest.mark.parametrize("key", ["ama", "grace", "joanne"])
def test_nobody_else_sends_again_or_takes_back(case, key):
    asked = ask(case)
    with clock.lived_at(NOON + DAY):
        for action in (actions.send_again, actions.withdraw):
            with pytest.raises(Refused):
                action(asked, by=act(key))


def test_a_no_is_told_kindly_and_once(case):
    asked = ask(case, name="Ben Adu")
    for _press in range(2):
        actions.decline(asked, by=Actor("anonymous"))
    (row,) = due("helping.cannot")
    words = kinds.kind_of("helping.cannot").words([row], _reader(row), clock.now())[row.pk]
    assert words.lead == "Ben can’t help just now, Rosa"
    with pytest.raises(Refused):
        take(asked)


def _reader(row: Reminder):
    return reader_of(row.recipient, clock.now())


def test_the_case_that_closes_asks_nobody(case):
    asked = ask(case)
    helping.end_all(case, by=SYSTEM)
    asked.refresh_from_db()
    assert asked.ended_as == "closed"
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())
    with pytest.raises(Refused):
        ask(case, email="b@example.org")


def test_someone_without_email_is_rung_and_tells_us_an_address(case):
    asked = ask(case, email="", phone="+14165550132")
    todo = ToDo.objects.open().get(kind=actions.RING)
    assert todo.note == "Ama Osei, (416) 555-0132"
    assert not due("helping.invited")
    for _press in range(2):
        actions.give_address(asked, email="Ama@example.org", by=act("theo"))
    assert not ToDo.objects.open().filter(kind=actions.RING).exists()
    assert len(due("helping.invited")) == 1
    assert take(asked)


@pytest.mark.parametrize("is_yes", [True, False])
def test_a_link_from_before_lets_nobody_in_whom_she_does_not_want_any_more(is_yes):
    case = factories.open_case(starter=people.person("ama"))
    asked = ask(case, email="AMA@example.org", chosen="acts")
    helper = helping.ask(case, people.person("ama"), by=act("ama"))
    if is_yes:
        helping.agree(helper, chosen="dates", by=act("rosa"))
        helping.end(helper, by=act("rosa"))
    else:
        helping.decline(helper, by=act("rosa"))
    with pytest.raises(Refused):
        take(asked)
    assert Invite.objects.get().ended_as == "withdrawn"
    assert not rule.role_in(case, people.person("ama"))
    with clock.lived_at(NOON + DAY):  # she asks anew
        assert take(ask(case)).chosen == "most"


def test_neither_does_one_by_text_unless_she_sends_it_again(case, gateway):
    first, second = ask(case), ask(case, email="", phone="+14165550132")
    with clock.lived_at(NOON + DAY):
        helping.end(take(first), by=act("rosa"))
        with pytest.raises(Refused):
            take(second)
        assert not rule.role_in(case, people.person("ama"))
    with clock.lived_at(NOON + 2 * DAY):
        assert take(actions.send_again(second, by=act("rosa")))


def test_by_text_the_account_is_the_persons_own(case, gateway):
    asked = ask(case, email="", phone="+14165550132")
    (row,) = due("helping.invited")
    assert (_reader(row).text_to, ToDo.objects.filter(kind=actions.RING).exists()) == ("+14165550132", False)
    assert take(asked, "grace").person == people.person("grace")


def test_a_text_does_not_ring_at_night(case, gateway):
    with clock.lived_at(dt.datetime(2026, 11, 5, 3, tzinfo=dt.UTC)):
        ask(case, email="", phone="+14165550132")
    assert Reminder.objects.get(kind="helping.invited").due_at == dt.datetime(2026, 11, 5, 13, tzinfo=dt.UTC)


def test_whoever_has_no_account_makes_one_by_the_link(case):
    asked = ask(case, email="ben@example.org")
    person, helper = actions.join_and_take(asked, name="Ben Adu", by=Actor("anonymous"))
    assert helper.person == person
    assert person.privacy_version
    assert EmailAddress.objects.get(user=person).verified
    with pytest.raises(Refused):
        actions.join_and_take(asked, name="Ben Adu", by=Actor("anonymous"))
    assert User.objects.filter(email="ben@example.org").count() == 1


def test_an_account_that_came_meanwhile_is_signed_in_to(case):
    asked = ask(case)
    people.person("ama")
    with pytest.raises(Refused):
        actions.join_and_take(asked, name="Ama", by=Actor("anonymous"))
    assert asked.is_standing


def test_a_paper_of_help_that_ended_does_not_count_in_the_new_one(case):
    old = helping.ask(case, people.person("ama"), by=act("theo"))
    helping.agree(old, chosen="dates", until_on=dt.date(2026, 11, 5), by=act("rosa"))
    asked = ask(case, name="Ama", email="ama@example.com")
    Invite.objects.filter(pk=asked.pk).update(email="ama@example.org")
    with clock.lived_at(NOON + dt.timedelta(hours=1)):
        Mandate.objects.create(
            case=case, person=people.person("ama"), kind="power", from_on=dt.date(2026, 11, 1),
            recorded_at=clock.now(), recorded_by=people.person("theo"),
        )  # fmt: skip
    with clock.lived_at(NOON + 3 * DAY):
        take(asked)
        assert not rule.has_mandate(case, people.person("ama"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": ""},
        {"switches": ["sign"]},
        {"how": "law"},
        {"ended_as": "taken"},
        {"ended_as": "taken", "ended_at": NOON},
        {"ended_as": "lost", "ended_at": NOON},
        {"ended_as": "declined", "ended_at": NOON - DAY},
        {"good_until": NOON - DAY},
        {"sent_at": NOON - DAY},
        {"times": 0},
    ],
)
def test_the_database_refuses(case, wrong):
    asked = ask(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=asked.pk).update(**wrong)


def test_the_database_refuses_a_second_open_one(case):
    asked = ask(case)
    asked.pk, asked.email = None, "AMA@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


def test_names_and_addresses_are_forgotten_and_not_that_it_was_asked(case):
    taken, open_one = ask(case), ask(case, email="b@example.org")
    take(taken)
    assert not erasing.due(NOON + 29 * DAY).exists()
    assert [each.pk for each in erasing.due(NOON + 31 * DAY)] == [taken.pk]
    assert erasing.forget(NOON + 45 * DAY) == 2
    assert erasing.forget(NOON + 45 * DAY) == 0
    assert set(Invite.objects.values_list("name", "email", "ended_as")) == {("", "", "taken"), ("", "", "expired")}
    assert open_one.pk


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Rosa Delgado", "Rosa"),
        ("Inés", "Inés"),
        ("Anne-Marie O’Neil", "Anne-Marie"),
        ("http://evil.example win", ""),
        ("win.example.com", ""),
        ("Free$$$", ""),
        ("", ""),
        ("नीता", "नीता"),
        ("a" * 40, ""),
    ],
)
def test_only_a_name_travels_in_the_mail(name, shown):
    assert rules.name_in_mail(name) == shown
