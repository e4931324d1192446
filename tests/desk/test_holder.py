"""A holder's page: what it asks for by which permission, its answers, and what it never shows."""

import datetime as dt
import re

import pytest

from cases.case.authority_actions import sign_authority, take_back_authority
from cases.case.signatures import Signature, SignedHow
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.records import actions as records
from cases.records.items.telling import set_holder
from cases.records.release import actions as release_actions
from cases.records.states import KnownBy
from portal.history.models import Event
from tests.records.builders import actor, item
from tests.records.release_builders import sign

TYPED = Signature(SignedHow.TYPED, "Rosa Delgado")


@pytest.fixture
def release(visit):
    return sign(visit)


@pytest.fixture
def authority(visit):
    return sign_authority(visit.case, TYPED, version=1, by=actor("rosa"))


@pytest.fixture
def desk(client, link, release, authority, paper):
    """Lakeside's browser, with its page open."""
    client.post("/o/", paper)
    return client


@pytest.fixture
def home(link):
    return f"/o/page/{link.pk}/"


def shown(desk, home):
    return re.sub(r"\s+", " ", desk.get(home).content.decode())


def press(desk, home, thing, **said):
    prefix = f"r{thing.pk.hex[:8]}"
    return desk.post(f"{home}answer/{thing.pk}/", {f"{prefix}-{name}": value for name, value in said.items()})


def test_it_says_what_is_asked_by_when_and_where_to(desk, home, visit):
    html = shown(desk, home)
    for words in (
        "Rosa Delgado asks for",
        "Born May 2, 1961",
        "Release, signed November 5",
        "Authority, signed",
        "Needed by November",
    ):
        assert words in html
    assert "Send it straight to Northfield Medical Center, Dr. Priya Raman" in html
    assert "Breast" not in html


def test_sent_is_taken_down_as_the_offices_own_word(desk, home, visit, link):
    thing = item(visit)
    answer = press(desk, home, thing, said="sent", on="11/4/2026", carrier="FedEx", tracking="7 81")
    assert answer.status_code == 302
    sent = item(visit)
    assert (sent.state, sent.sent_on, sent.carrier, sent.tracking) == ("sent", dt.date(2026, 11, 4), "FedEx", "7 81")
    assert sent.known_by == KnownBy.OFFICE_PAGE
    event = Event.objects.get(verb="item.sent", about_id=str(thing.pk))
    assert (event.actor_kind, event.actor_id) == ("office", link.office_id)
    assert "Sent on November 4" in shown(desk, home)


def test_not_found_and_what_they_need_stay_to_be_answered_anew(desk, home, visit):
    press(desk, home, item(visit), said="not_found", words="Try General Hospital")
    assert "Try General Hospital" in shown(desk, home)
    press(desk, home, item(visit), said="needs", needs=["form", "fee"], fee="$25 by check", on="never")
    thing = item(visit)
    assert (thing.state, thing.need) == ("needs_you", "signature")
    assert "A fee: $25 by check" in thing.reason
    press(desk, home, thing, said="sent")
    assert item(visit).state == "sent"


@pytest.mark.parametrize(
    "said",
    [{}, {"said": "lost"}, {"said": "sent", "on": "soon"}, {"said": "needs"}, {"said": "needs", "needs": "other"}],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk, home, visit, said):
    answer = press(desk, home, item(visit), **said, words="")
    assert answer.status_code == 422
    assert "Let’s fix this first" in answer.content.decode()
    assert item(visit).state == "needed"


def test_a_day_to_come_is_refused_in_words(desk, home, visit):
    answer = press(desk, home, item(visit), said="sent", on="2026-11-09")
    assert answer.status_code == 409
    assert "still to come" in answer.content.decode()


def test_pressed_twice_it_is_one_answer(desk, home, visit):
    for _press in range(2):
        assert press(desk, home, item(visit), said="sent").status_code == 302
    assert Event.objects.filter(verb="item.sent").count() == 1


def test_hostile_words_stay_words(desk, home, visit):
    press(desk, home, item(visit), said="not_found", words="<script>alert(1)</script>")
    html = shown(desk, home)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_it_never_speaks_of_another_offices_record(desk, home, visit):
    other = item(visit, "referral_letter")
    assert other.holder_id != item(visit).holder_id
    assert press(desk, home, other, said="sent").status_code == 404
    set_holder(item(visit), office_name="General Hospital", by=actor("rosa"))
    assert press(desk, home, item(visit), said="sent").status_code == 404
    assert item(visit).state == "needed"


def test_nothing_is_asked_for_that_is_not_signed_for(client, link, authority, paper, home):
    client.post("/o/", paper)
    html = shown(client, home)
    assert "Nothing is asked of you right now" in html
    assert "Send this answer" not in html


def test_nothing_is_asked_for_while_we_may_not_ask(client, link, release, paper, home, visit):
    client.post("/o/", paper)
    assert "Send this answer" not in shown(client, home)
    assert press(client, home, item(visit), said="sent").status_code == 404


def test_taken_back_while_the_page_is_open(desk, home, visit, release):
    release_actions.take_back(release, by=actor("rosa"))
    html = shown(desk, home)
    assert "Please do not send these" in html
    assert "Send this answer" not in html
    assert desk.get(f"{home}release/{release.pk}/").status_code == 404
    assert press(desk, home, item(visit), said="sent").status_code == 404


def test_what_they_sent_is_named_no_more_once_we_may_not_ask(desk, home, visit):
    press(desk, home, item(visit), said="sent")
    assert "Done" in shown(desk, home)
    take_back_authority(visit.case, by=actor("rosa"))
    assert item(visit).called not in shown(desk, home)
    assert press(desk, home, item(visit), said="sent").status_code == 404


def test_authority_taken_back_while_the_page_is_open(desk, home, visit):
    take_back_authority(visit.case, by=actor("rosa"))
    assert "Please do not send these" in shown(desk, home)
    assert desk.get(f"{home}authority/").status_code == 404


def test_the_permissions_are_papers_whose_reading_is_on_record(desk, home, release, link):
    for path, verb in ((f"release/{release.pk}/", "release.opened"), ("authority/", "authority.opened")):
        answer = desk.get(home + path)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert Event.objects.filter(verb=verb, actor_kind="office", actor_id=link.office_id).count() == 1


def test_another_office_reads_none_of_them(client, home, second_link, release, authority):
    client.post("/o/", {"code": codes.paper_code(second_link), "born": "5 2 1961"})
    theirs = f"/o/page/{second_link.pk}/"
    assert client.get(f"{theirs}release/{release.pk}/").status_code == 404
    assert client.get(f"{theirs}authority/").status_code == 404
    assert client.get(f"{home}release/{release.pk}/").status_code == 404


def test_what_has_arrived_is_thanked_for(desk, home, visit):
    for thing in visit.items.filter(holder=item(visit).holder):
        if thing.state in ("needed", "asked"):
            records.tell(thing, "arrived", by=actor("rosa"))
    assert "It has arrived." in shown(desk, home)


def test_two_patients_of_one_desk_stay_apart(desk, home, visit, link, release):
    other = link_for(visit, visit.office, by=actor("theo"))
    assert other.pk != link.pk
    assert desk.get(f"/o/page/{other.pk}/authority/").status_code == 404
