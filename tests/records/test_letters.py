"""The letters of a referral: words kept, ours that follow the case, faxes and questions asked of us."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.records import actions
from cases.records.models import Referral, ReferralLetter
from cases.records.referral import letter_actions, letters
from cases.records.visits import rounds
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.pdf_letters import no_glyph_is_missing, words_of
from tests.records.builders import actor, booked_visit, case_of_rosa, named_visit, on_november_5

pytestmark = pytest.mark.django_db

HERS = "Dear Dr. Abara,\n\nplease help me to hear a second view.\n\nRosa"


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def letter(case, kind="refer"):
    return letters.of(case, rounds.of(case), kind, letters.doctors_of(case), clock.now())


def change(case, words=HERS, kind="refer", key="rosa", seen_at=None):
    return letter_actions.change_letter(case, kind, words, seen_at=seen_at, by=actor(key))


def fax(case, kind="refer", key="rosa"):
    return letter_actions.ask_to_fax(case, kind, by=actor(key))


def test_ours_follow_the_case_until_they_are_changed():
    visit = booked_visit()
    assert "by Monday, November 23" in letter(visit.case).text
    actions.move_visit(visit, on=date(2026, 12, 8), by=actor("rosa"))
    assert "by Monday, December 7" in letter(visit.case).text
    change(visit.case)
    assert letter(visit.case).text == HERS
    assert letter(visit.case).is_own
    assert not letter(visit.case, "another").is_own


def test_changing_it_before_any_visit_has_a_doctor_begins_the_round():
    case = case_of_rosa()
    kept = change(case)
    assert kept.referral.visit.round == 2
    assert letter(case).text == HERS


def test_own_words_are_sealed():
    change(case_of_rosa())
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM records_referralletter")
        (sealed,) = cursor.fetchone()
    assert b"second view" not in bytes(sealed)


def test_two_people_do_not_overwrite_each_other_unseen(november_5):
    case = case_of_rosa()
    first = change(case)
    with pytest.raises(Refused, match="Somebody changed this letter"):
        change(case, "Mine.", key="theo")
    november_5.shift(timedelta(minutes=1))
    assert change(case, "Mine.", key="theo", seen_at=first.changed_at).words == "Mine."


def test_the_same_words_twice_are_one_change():
    case = case_of_rosa()
    first = change(case)
    change(case, seen_at=first.changed_at)
    assert Event.objects.filter(verb="referral.letter_changed", case_id=case.pk).count() == 1


def test_ours_come_back():
    case = case_of_rosa()
    ours = letter(case).text
    change(case, "", seen_at=change(case).changed_at)
    assert letter(case).text == ours


def test_what_is_too_long_is_refused():
    with pytest.raises(Refused, match="under 4000"):
        change(case_of_rosa(), "long " * 1000)


def test_it_says_when_the_visit_moved_since_it_was_written(november_5):
    visit = booked_visit()
    november_5.shift(timedelta(hours=1))
    change(visit.case)
    assert not letter(visit.case).is_older_than_visit
    november_5.shift(timedelta(hours=1))
    actions.move_visit(visit, on=date(2026, 12, 8), by=actor("rosa"))
    assert letter(visit.case).is_older_than_visit


def test_to_be_faxed_is_one_thing_to_do_until_it_is_done():
    case = named_visit().case
    assert fax(case) == fax(case)
    todo = ToDo.objects.get(kind="fax_letter")
    assert todo.note == "Dr. Abara, Elm Street"
    asked = letters.asked_of_us(letter(case), Referral.objects.get())["fax_letter"]
    assert asked.is_open
    settle_to_do(todo, by=actor("theo"))
    asked = letters.asked_of_us(letter(case), Referral.objects.get())["fax_letter"]
    assert not asked.is_open
    assert asked.todo.done_at == clock.now()
    assert fax(case) != todo


def test_asked_for_before_any_words_of_their_own_it_goes_with_ours():
    case = named_visit().case
    fax(case)
    assert not letter(case).is_own
    assert letters.kind_to_fax(rounds.of(case).visit) == "refer"


@pytest.mark.parametrize("verb", ["agreed", "sent", "not_needed"])
def test_once_the_answer_is_there_nobody_faxes_or_asks_any_more(verb):
    case = named_visit().case
    actions.move_referral(case, "asked", by=actor("rosa"))
    fax(case)
    letter_actions.ask_about_referral(case, by=actor("rosa"))
    actions.move_referral(case, verb, by=actor("rosa"))
    assert not ToDo.objects.open().filter(kind__in=["fax_letter", "ask_referral"]).exists()
    # Nobody did it, so nobody is told that it was done.
    assert set(letters.asked_of_us(letter(case), Referral.objects.get()).values()) == {None}
    with pytest.raises(Refused):
        fax(case)


def test_a_refusal_leaves_what_was_asked_of_us_open():
    case = named_visit().case
    fax(case, "another")
    actions.move_referral(case, "refused", by=actor("rosa"))
    assert ToDo.objects.open().filter(kind="fax_letter").exists()


def test_calling_the_visit_off_ends_what_was_asked():
    visit = named_visit()
    fax(visit.case)
    actions.cancel_visit(visit, by=actor("rosa"))
    assert not ToDo.objects.open().filter(kind="fax_letter").exists()


def test_asking_the_second_office_needs_one():
    case = case_of_rosa()
    with pytest.raises(Refused, match="which office"):
        letter_actions.ask_about_referral(case, by=actor("rosa"))
    todo = letter_actions.ask_about_referral(named_visit(case).case, by=actor("rosa"))
    assert todo.note == "Dr. Priya Raman, Northfield Medical Center"


@pytest.mark.parametrize("key", ["grace", "amir"])
def test_a_stranger_does_none_of_it(key):
    case = named_visit().case
    people.person(key)
    for act in (change, fax):
        with pytest.raises(Refused):
            act(case, key=key)
    with pytest.raises(Refused):
        letter_actions.ask_about_referral(case, by=actor(key))


def test_on_paper_it_says_what_the_page_says():
    case = case_of_rosa()
    change(case, "Dear Łucja Đặng,\n\n#set page(fill: red) *not markup*\nsecond line", "refer")
    content = letters.pdf(letter(case), case, clock.now())
    said = words_of(content)
    assert "#set page(fill: red) *not markup* second line" in said
    assert "Łucja Đặng" in said
    assert no_glyph_is_missing(content)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("referralletter_kind_is_known", {"kind": "poem"}),
        ("referralletter_changed_by_has_changed_at", {"changed_at": None, "words": b""}),
        ("referralletter_own_words_have_changed_at", {"changed_at": None, "changed_by": None}),
    ],
)
def test_bad_rows_are_refused(constraint, wrong):
    kept = change(case_of_rosa())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ReferralLetter.objects.filter(pk=kept.pk).update(**wrong)


def test_one_letter_of_a_kind():
    kept = change(case_of_rosa())
    with pytest.raises(IntegrityError, match="referralletter_one_per_kind"), transaction.atomic():
        ReferralLetter.objects.create(referral=kept.referral, kind="refer")
