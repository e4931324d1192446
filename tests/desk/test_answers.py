"""What an office answers about a record: sent, not found, or something first."""

from datetime import date, timedelta

import pytest

from cases.desk.answers import answer
from cases.records import actions, words
from cases.records.items.telling import set_route
from cases.records.models import Referral
from cases.records.standing import standing
from cases.records.states import ItemState, KnownBy
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests.records.builders import VISIT_ON, actor, booked_visit, item, on_november_5

pytestmark = pytest.mark.django_db
NOV_4, NOV_5 = date(2026, 11, 4), date(2026, 11, 5)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return booked_visit()


def asked(visit, kind="pathology_report"):
    return actions.tell(item(visit, kind), "asked", on=NOV_4, by=actor("theo"))


def office(thing):
    return Actor("office", id=thing.holder_id)


def events(thing):
    return Event.objects.filter(about_id=str(thing.pk)).count()


def test_sent_is_known_by_the_office(visit):
    thing = asked(visit)
    found = answer(thing, "sent", on=NOV_5, carrier="FedEx", tracking="1234", by=office(thing))
    sent = item(visit)
    assert found.is_new
    assert (sent.state, sent.sent_on, sent.carrier, sent.tracking) == ("sent", NOV_5, "FedEx", "1234")
    assert sent.known_by == KnownBy.OFFICE_PAGE
    event = Event.objects.get(verb="item.sent", about_id=str(thing.pk))
    assert (event.actor_kind, event.actor_id) == ("office", thing.holder_id)


def test_staff_who_pass_on_a_strip_say_how_it_came(visit):
    found = answer(asked(visit), "sent", told=KnownBy.OFFICE_FAX, by=actor("theo"))
    assert found.item.known_by == KnownBy.OFFICE_FAX


def test_not_found_has_a_reason_also_when_none_is_given(visit):
    thing = answer(asked(visit), "not_found", by=actor("theo")).item
    assert (thing.state, thing.reason) == ("not_located", "They looked and could not find it.")
    assert answer(thing, "not_found", words="It is at General", by=actor("theo")).item.reason == "It is at General"


def test_found_after_all(visit):
    thing = asked(visit)
    answer(thing, "not_found", by=office(thing))
    assert answer(thing, "sent", by=office(thing)).item.state == "sent"


def test_an_answer_may_come_before_anybody_wrote_down_the_asking(visit):
    thing = item(visit)
    assert answer(thing, "not_found", by=office(thing)).item.state == "not_located"


@pytest.mark.parametrize(
    ("needs", "more", "need", "reason"),
    [
        (["form"], {}, "signature", "Our own form, signed"),
        (["signature"], {}, "signature", "A better signature"),
        (["fee"], {"fee": "$25"}, "fee", "A fee: $25"),
        (["fee", "id"], {"fee": "$25"}, "identity", "A copy of the patient’s ID. A fee: $25"),
        (["other"], {"words": "The year it was taken"}, "choice", "The year it was taken"),
    ],
)
def test_the_patient_sees_what_the_office_needs(visit, needs, more, need, reason):
    thing = asked(visit)
    found = answer(thing, "needs", needs=needs, **more, by=office(thing)).item
    assert (found.state, found.need, found.reason) == ("needs_you", need, reason)
    line = next(each for each in standing(visit, clock.now()).items if each.item.pk == thing.pk)
    assert f"Lakeside needs something first. {reason}." in words.item_text(line, visit, "")


@pytest.mark.parametrize("needs", [{}, {"needs": ["other"]}, {"needs": ["horse"]}])
def test_a_need_says_what(visit, needs):
    thing = asked(visit)
    with pytest.raises(Refused):
        answer(thing, "needs", **needs, by=office(thing))
    assert item(visit).state == "asked"


@pytest.mark.parametrize(
    ("said", "more"),
    [("sent", {"tracking": "7"}), ("not_found", {"words": "Gone"}), ("needs", {"needs": ["fee"], "fee": "$5"})],
)
def test_the_same_answer_twice_is_one(visit, said, more):
    thing = asked(visit)
    answer(thing, said, **more, by=office(thing))
    before = events(thing)
    again = answer(thing, said, **more, by=office(thing))
    assert not again.is_new
    assert again.why_not
    assert events(thing) == before


@pytest.mark.parametrize("said", ["sent", "not_found", "needs"])
@pytest.mark.parametrize("verb", ["sent", "arrived", "not_wanted"])
def test_what_has_moved_on_stays(visit, verb, said):
    thing = asked(visit)
    actions.tell(thing, verb, by=actor("rosa"))
    before = events(thing)
    found = answer(thing, said, needs=["fee"], by=office(thing))
    assert (found.is_new, found.item.state) == (False, item(visit).state)
    assert found.why_not
    assert events(thing) == before


def test_another_office_cannot_answer(visit):
    thing = asked(visit)
    with pytest.raises(Refused, match="not asked of your office"):
        answer(thing, "sent", by=Actor("office", id=visit.office_id))
    assert item(visit).state == "asked"


def test_a_stranger_among_us_cannot_pass_on_an_answer(visit):
    with pytest.raises(Refused):
        answer(asked(visit), "sent", by=actor("joanne"))


def test_a_day_to_come_is_refused(visit):
    thing = asked(visit)
    with pytest.raises(Refused, match="still to come"):
        answer(thing, "sent", on=NOV_5 + timedelta(days=1), by=office(thing))


def test_nothing_is_answered_once_the_visit_is_cancelled(visit):
    thing = asked(visit)
    actions.cancel_visit(visit, by=actor("rosa"))
    with pytest.raises(Refused, match="over"):
        answer(thing, "sent", by=office(thing))


def test_what_goes_through_us_is_on_its_way_to_us(visit):
    thing = asked(visit)
    set_route(thing, "through_us", by=actor("rosa"))
    found = answer(thing, "sent", carrier="Post", by=office(thing)).item
    assert (found.state, found.sent_on) == (ItemState.ACKNOWLEDGED, None)
    assert found.reason == "Lakeside sent it to us on November 5, Post"
    assert not answer(thing, "sent", carrier="Post", by=office(thing)).is_new


def test_a_referral_that_its_office_sent_is_sent(visit):
    thing = item(visit, "referral_letter")
    answer(thing, "sent", by=office(thing))
    referral = Referral.objects.get(visit=visit)
    assert (referral.state, referral.known_by) == ("sent", KnownBy.OFFICE_PAGE)
    assert visit.on_date == VISIT_ON
