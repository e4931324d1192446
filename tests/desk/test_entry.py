"""How an office comes to its page: by code and birth date, by a mailed address; and how it does not."""

import datetime as dt
import re

import pytest
from django.test import Client

from cases.case.models import ToDo
from cases.desk.links import actions, codes
from cases.desk.links.actions import link_for
from cases.desk.links.rules import Ended
from cases.desk.models import OfficeLink
from cases.records.actions import cancel_visit, move_visit
from cases.records.release.form import Details
from portal import tries
from portal.history.models import Event
from portal.vault import links
from tests import factories, people
from tests.desk.conftest import BORN
from tests.records.builders import actor
from tests.records.release_builders import sign

DAY = dt.timedelta(days=1)
WRONG = "5 3 1961"
MADE_UP = "KRTM WHEQ PLUD"
NAMES = re.compile(r"Rosa|Delgado|Raman|1961|biops|pathology", re.I)


def page_of(link):
    return f"/o/page/{link.pk}/"


def fresh(link):
    return OfficeLink.objects.get(pk=link.pk)


def counted():
    return Event.objects.count(), list(OfficeLink.objects.order_by("pk").values())


def test_code_and_birth_date_open_the_page(client, link, paper):
    assert "Rosa" not in client.get("/o/").content.decode()
    answer = client.post("/o/", paper, follow=True)
    assert answer.status_code == 200
    assert "Rosa Delgado" in answer.content.decode()
    opened = fresh(link)
    assert opened.opened_at is not None
    assert Event.objects.filter(verb="office_link.opened", actor_kind="office", actor_id=link.office_id).count() == 1


def test_code_is_typed_as_people_type(client, paper):
    typed = paper["code"].lower().replace(" ", "-")
    assert client.post("/o/", paper | {"code": typed}).status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_mailed_address_shows_no_name_and_changes_nothing(client, link, address, method):
    before = counted()
    for _time in range(3):
        answer = getattr(client, method)(address)
    assert answer.status_code == 200
    assert not NAMES.search(answer.content.decode())
    assert counted() == before
    assert client.get(page_of(link)).status_code == 404


@pytest.mark.parametrize("typed", [{"born": "May 2, 1961"}, {"code": "paper"}, {"born": "5 2 1961", "code": "paper"}])
def test_a_mailed_address_opens_with_code_or_birth_date(client, link, address, paper, typed):
    typed = typed | ({"code": paper["code"]} if "code" in typed else {})
    answer = client.post(address, typed, follow=True)
    assert "Rosa Delgado" in answer.content.decode()


@pytest.mark.parametrize("typed", [{}, {"born": WRONG}, {"code": MADE_UP}, {"born": "5 2 1961", "code": MADE_UP}])
def test_a_forwarded_address_alone_opens_nothing(client, link, address, typed):
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert not NAMES.search(answer.content.decode().replace("5 2 1961", "").replace(WRONG, "").replace("1951", ""))
    assert client.get(page_of(link)).status_code == 404


def test_words_do_not_tell_what_was_wrong(client, link, paper):
    """A wrong birth date with a true code, and a made-up code, are answered alike."""
    said = [
        client.post("/o/", {"code": code, "born": WRONG}).content.decode().replace(code, "")
        for code in (paper["code"], MADE_UP)
    ]
    hidden = re.compile(r'(csrfmiddlewaretoken"|csrf-token") (value|content)="[^"]+"')
    assert hidden.sub("", said[0]) == hidden.sub("", said[1])


def test_five_wrong_birth_dates_lock_it_and_a_coordinator_is_told(client, link, paper):
    for left in range(4, -1, -1):
        answer = client.post("/o/", paper | {"born": WRONG})
        assert fresh(link).birth_date_tries == 5 - left
    assert answer.status_code == 403
    assert "locked" in answer.content.decode()
    todo = ToDo.objects.get(kind=actions.LOCKED, about_id=str(link.pk))
    assert "Lakeside" in todo.note
    assert client.post("/o/", paper).status_code == 403
    assert fresh(link).birth_date_tries == 5
    actions.unlock(link, by=actor("theo"))
    assert client.post("/o/", paper).status_code == 302
    assert not ToDo.objects.open().filter(pk=todo.pk).exists()


def test_a_right_one_sets_the_tries_back(client, link, paper):
    client.post("/o/", paper | {"born": WRONG})
    assert fresh(link).birth_date_tries == 1
    client.post("/o/", paper)
    assert fresh(link).wrong_tries == 0


def test_what_cannot_be_read_is_no_try(client, link, paper):
    assert client.post("/o/", paper | {"born": "in May"}).status_code == 422
    assert client.post("/o/", paper | {"code": "KRTM"}).status_code == 422
    assert fresh(link).wrong_tries == 0


@pytest.mark.full
def test_guessing_codes_is_slowed_down_and_a_true_one_still_opens(client, link, paper):
    guess = {"code": MADE_UP, "born": "5 2 1961"}
    codes_of = [client.post("/o/", guess).status_code for _try in range(60)]
    assert codes_of == [422] * tries.ALLOWED + [429] * (60 - tries.ALLOWED)
    assert client.post("/o/", paper).status_code == 302


@pytest.mark.full
def test_guessing_addresses_is_slowed_down_and_a_true_one_still_opens(client, link, address):
    other = links.token("another.purpose", link.pk, 1)
    asked = [client.get(f"/o/{other}/").status_code for _try in range(60)]
    assert asked == [404] * tries.ALLOWED + [429] * (60 - tries.ALLOWED)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("days", [13, 14])
def test_unused_for_14_days_it_sleeps(client, november_5, link, paper, days):
    november_5.shift(days * DAY)
    answer = client.post("/o/", paper)
    assert answer.status_code == (302 if days == 13 else 403)


def test_a_fresh_code_wakes_it_and_goes_only_to_what_is_on_file(client, november_5, link, paper, address):
    november_5.shift(14 * DAY)
    asleep = client.get(address)
    assert asleep.status_code == 403
    assert "asleep" in asleep.content.decode()
    client.post(address, {"do": "fresh", "fax": "555 0100", "email": "x@example.org"})
    assert fresh(link).generation == 2
    assert "newer code" in client.get(address).content.decode()
    assert "newer code" in client.post("/o/", paper).content.decode()
    todo = ToDo.objects.get(kind=actions.SEND_CODE, about_id=str(link.pk))
    assert "0100" not in todo.note
    assert client.post("/o/", paper | {"code": codes.paper_code(fresh(link))}).status_code == 302


def test_an_asleep_code_on_paper_asks_for_a_fresh_one(client, november_5, link, paper):
    november_5.shift(14 * DAY)
    assert 'value="fresh"' in client.post("/o/", paper).content.decode()
    client.post("/o/", {"do": "fresh", "code": paper["code"]})
    assert fresh(link).generation == 2


def test_a_code_is_asked_for_once_an_hour_and_three_times_a_day(client, november_5, link, address):
    given = []
    for _hour in range(5):
        said = [client.post(address, {"do": "fresh"}).content.decode() for _press in range(2)]
        given += ["We have your request" in page for page in said]
        november_5.shift(dt.timedelta(minutes=61))
    assert given == [True, False, True, False, True, False, False, False, False, False]
    assert fresh(link).generation == 1


@pytest.mark.parametrize("days", [49, 50])
def test_it_closes_30_days_after_the_visit(client, november_5, link, paper, days):
    """November 5 and 49 days: December 24, 30 days after the visit of November 24."""
    OfficeLink.objects.update(awake_since=link.made_at + 48 * DAY)
    november_5.shift(days * DAY)
    assert client.post("/o/", paper).status_code == (302 if days == 49 else 410)


def test_a_visit_that_moves_takes_the_end_along(client, november_5, visit, link, paper):
    move_visit(visit, on=dt.date(2026, 12, 8), by=actor("rosa"))
    OfficeLink.objects.update(awake_since=link.made_at + 55 * DAY)
    november_5.shift(60 * DAY)
    assert client.post("/o/", paper).status_code == 302


END = {
    "not ours": lambda link: actions.say_not_theirs(link, by=actions.desk_of(link)),
    "closed by us": lambda link: actions.close(link, by=actor("theo")),
    "a new code": lambda link: actions.make_new_code(link, by=actor("theo")),
    "visit cancelled": lambda link: cancel_visit(link.visit, by=actor("rosa")),
}


@pytest.mark.full
@pytest.mark.parametrize("end", END)
def test_ending_a_link_ends_open_pages(client, link, paper, end):
    client.post("/o/", paper)
    assert client.get(page_of(link)).status_code == 200
    END[end](link)
    shut = client.get(page_of(link))
    assert shut.status_code in {403, 410}
    assert "Rosa" not in shut.content.decode()
    assert client.post(f"{page_of(link)}not-ours/").status_code in {403, 410}


def test_not_our_patient_closes_it_before_it_is_open(client, link, address, paper):
    before = counted()
    assert "Close this link" in client.get(f"{address}?do=not_ours").content.decode()
    assert "12-letter code" in client.get("/o/?do=not_ours").content.decode()
    assert counted() == before
    client.post("/o/", {"do": "not_ours", "code": paper["code"]})
    assert fresh(link).ended_why == Ended.NOT_OURS
    assert ToDo.objects.open().filter(kind=actions.NOT_THEIRS, about_id=str(link.pk)).count() == 1
    assert client.post("/o/", {"do": "not_ours", "code": paper["code"]}).status_code == 200
    assert Event.objects.filter(verb="office_link.not_theirs").count() == 1


def test_not_our_patient_from_a_mail_and_from_the_open_page(client, visit, link, second_link, address):
    client.post(address, {"do": "not_ours"})
    assert fresh(link).ended_why == Ended.NOT_OURS
    client.post("/o/", {"code": codes.paper_code(second_link), "born": "5 2 1961"})
    client.post(f"{page_of(second_link)}not-ours/")
    assert fresh(second_link).ended_why == Ended.NOT_OURS


def test_two_offices_of_one_patient_open_their_own_pages_only(client, link, second_link, paper):
    client.post("/o/", paper)
    assert client.get(page_of(link)).status_code == 200
    assert client.get(page_of(second_link)).status_code == 404
    assert client.post(f"{page_of(second_link)}not-ours/").status_code == 404
    assert fresh(second_link).ended_at is None


def test_two_patients_of_one_office_have_a_page_each(client, visit, link, paper):
    grace = people.person("grace")
    grace.birth_date = dt.date(1970, 1, 1)
    grace.save(update_fields=["birth_date"])
    other = named_visit_of(grace)
    graces = link_for(other, link.office, by=actor("theo"))
    client.post("/o/", paper)
    assert client.get(page_of(graces)).status_code == 404
    assert client.post("/o/", {"code": codes.paper_code(graces), "born": "5 2 1961"}).status_code == 422
    client.post("/o/", {"code": codes.paper_code(graces), "born": "1 1 1970"})
    assert "Grace" in client.get(page_of(graces)).content.decode()
    assert "Grace" not in client.get(page_of(link)).content.decode()


def named_visit_of(patient):
    return factories.case_with_visit(days=30, patient=patient).visits.get()


def test_a_session_that_somebody_else_began_opens_nothing(client, link, paper):
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.post("/o/", paper)
    assert client.session.session_key != before


def test_an_open_page_is_shut_after_12_hours(client, november_5, link, paper):
    client.post("/o/", paper)
    november_5.shift(dt.timedelta(hours=12))
    assert client.get(page_of(link)).status_code in {403, 404}


def test_what_was_left_out_can_be_added(client, link, address, paper):
    client.post(address, {"born": "5 2 1961"})
    proof = f"{page_of(link)}proof/"
    assert client.post(proof, {"code": MADE_UP}).status_code == 422
    assert fresh(link).tries == 1
    assert client.post(proof, {"code": paper["code"]}).status_code == 302
    held = client.session["office_proofs"][str(link.pk)]
    assert (held["code"], held["birth_date"]) == (True, True)


def test_wrong_ones_on_the_open_page_lock_it_too(client, link, address):
    client.post(address, {"born": "5 2 1961"})
    for _try in range(5):
        answer = client.post(f"{page_of(link)}proof/", {"code": MADE_UP})
    assert answer.status_code == 403
    assert client.get(page_of(link)).status_code == 403


def test_without_cookies_it_says_so(client, link, paper):
    where = client.post("/o/", paper)["Location"]
    client.cookies.clear()
    answer = client.get(where)
    assert answer.status_code == 403
    assert "cookies" in answer.content.decode()


def test_a_form_without_any_cookie_says_so(link, paper):
    answer = Client(enforce_csrf_checks=True).post("/o/", paper)
    assert answer.status_code == 403
    assert "Your browser keeps no cookies" in answer.content.decode()


@pytest.mark.parametrize("path", ["/o/", "mailed", "made up", "page"])
def test_nobody_learns_the_address_and_nothing_is_kept(client, link, address, paper, path):
    client.post("/o/", paper)
    answer = client.get({"mailed": address, "made up": "/o/x/", "page": page_of(link)}.get(path, path))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]


def test_birth_date_is_found_on_the_permission_where_the_account_has_none(visit, link, paper, client):
    patient = visit.case.patient
    patient.birth_date = None
    patient.save(update_fields=["birth_date"])
    for _try in range(5):
        answer = client.post("/o/", paper)
    assert answer.status_code == 403
    assert "none on file" in answer.content.decode()
    assert fresh(link).wrong_tries == 0
    sign(visit, details=Details(born_on=BORN))
    assert client.post("/o/", paper).status_code == 302
