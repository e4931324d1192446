"""Who acts for the patient in law signs, accepts and permits under a name of her own; nobody else does for her."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions as booking_actions
from cases.case import actions as case_actions
from cases.case.authority import Authority
from cases.case.helping import actions as helping
from cases.case.helping import mandates
from cases.case.models import Consent
from cases.case.people import acts_as
from cases.desk.letters import actions as letters
from cases.opinions.models import Decision
from cases.records.models import RecordItem, Release, Visit
from cases.records.release import paper
from portal import clock
from portal.errors import Refused
from tests import factories, people
from tests.pdf_letters import words_of
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import UNTIL, form, visit_to_sign_for
from tests.records.test_release_views import page as page_of

pytestmark = pytest.mark.django_db
RELEASE_AND_AUTHORITY = [{"do": "sign"}, {"do": "save"}, {"do": "paper"}]


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit() -> Visit:
    """Ama helps Rosa with all but private words."""
    visit = visit_to_sign_for()
    helper = helping.ask(visit.case, people.person("ama"), by=actor("theo"))
    helping.agree(helper, chosen="most", by=actor("rosa"))
    return visit


@pytest.fixture
def ama():
    return people.browser(people.person("ama"))


def record_mandate(visit: Visit, kind: str = "power", **more):
    today = clock.today(visit.case.patient.zone)
    return mandates.record_mandate(visit.case, people.person("ama"), kind=kind, from_on=today, by=actor("theo"), **more)


def press(client, visit: Visit, **fields):
    sent = {"do": "sign", "until_on": UNTIL, "seen": form(visit).code, "name": "Ama Osei"} | fields
    return client.post(page_of(visit), sent)


@pytest.mark.parametrize(("kind", "law"), [("power", "by power of attorney"), ("parent", "as a parent")])
def test_she_signs_under_her_own_name_and_the_paper_says_so(visit, ama, kind, law):
    record_mandate(visit, kind)
    html = ama.get(page_of(visit)).content.decode()
    assert f"You sign for Rosa Delgado, {law}." in html
    assert "Your own name, Ama Osei." in html

    assert press(ama, visit, name="Rosa Delgado").status_code == 422
    assert press(ama, visit).status_code == 302

    release = Release.objects.get()
    assert (release.signature, release.signed_by, release.signed_as) == ("Ama Osei", people.person("ama"), kind)
    assert f"Ama Osei signed for Rosa Delgado, {law}." in words_of(paper.copy_of(release, clock.now()))
    rosa = people.browser(visit.case.patient).get(reverse("records:signed", args=[release.pk])).content.decode()
    assert f"Ama Osei signed for Rosa Delgado, {law}." in rosa
    assert item(visit, "slides").need != "signature"


def test_what_she_signed_stays_signed_by_her_after_the_paper_ended(visit, ama):
    mandate = record_mandate(visit)
    press(ama, visit)

    mandates.end_mandate(mandate, by=actor("theo"))

    release = Release.objects.get()
    assert (release.state, release.signed_as) == ("signed", "power")
    assert "by power of attorney" in words_of(paper.copy_of(release, clock.now()))
    assert ama.get(reverse("records:signed", args=[release.pk])).status_code == 404


def test_the_letter_that_goes_with_it_says_who_signed_for_whom(visit, ama):
    record_mandate(visit)
    press(ama, visit)
    ama.post(reverse("records:authority", args=[visit.case_id]), {"do": "sign", "name": "Ama Osei", "seen": "1"})

    letter = letters.make("slides", RecordItem.objects.get(pk=item(visit, "slides").pk), by=actor("ama"))

    shown = ama.get(reverse("desk:letter", args=[letter.pk]))
    assert shown.status_code == 200
    pages = paper.pages_of(Release.objects.get(), None)
    assert "Ama Osei signed for Rosa Delgado, by power of attorney." in pages[0]["signed"]


def test_she_signs_once_that_we_may_ask_and_takes_it_back(visit, ama):
    record_mandate(visit)
    address = reverse("records:authority", args=[visit.case_id])

    ama.post(address, {"do": "sign", "name": "Ama Osei", "seen": "1"})
    ama.post(address, {"do": "sign", "name": "Ama Osei", "seen": "1"})

    signed = Authority.objects.get()
    assert (signed.signed_by, signed.signed_as) == (people.person("ama"), "power")
    assert "Ama Osei signed for Rosa Delgado" in ama.get(address).content.decode()
    ama.post(address, {"do": "take_back"})
    signed.refresh_from_db()
    assert signed.withdrawn_by == people.person("ama")


def test_without_a_paper_the_pages_say_that_only_the_patient_can_and_how(visit, ama):
    for address in (page_of(visit), reverse("records:authority", args=[visit.case_id])):
        answer = ama.get(address)
        html = answer.content.decode()
        assert answer.status_code == 200
        for words in ("Only Rosa can sign", "On their own page", "On paper", "On the phone with us"):
            assert words in html
        assert 'value="sign"' not in html
    assert reverse("records:release_pdf", args=[item(visit, "slides").pk]) in ama.get(page_of(visit)).content.decode()


def test_an_open_page_signs_nothing_once_the_paper_has_ended(visit, ama):
    mandate = record_mandate(visit)
    seen = form(visit).code
    press(ama, visit)
    mandates.end_mandate(mandate, by=actor("theo"))

    for sent in RELEASE_AND_AUTHORITY:
        answer = press(ama, visit, seen=seen, **sent)
        assert answer.status_code == 409
        assert "Nothing was signed or changed." in answer.content.decode()
        answer = ama.post(reverse("records:authority", args=[visit.case_id]), {"name": "Ama Osei", "seen": "1"} | sent)
        assert answer.status_code == 409
    answer = ama.post(reverse("records:move_release", args=[Release.objects.get().pk, "take-back"]))
    assert answer.status_code == 409
    assert (Release.objects.get().state, Authority.objects.count()) == ("signed", 0)


def test_a_paper_whose_day_is_over_lets_nobody_sign(visit, ama):
    today = clock.today(visit.case.patient.zone)
    record_mandate(visit, until_on=today + dt.timedelta(days=1))
    with clock.lived_at(clock.now() + dt.timedelta(days=3)):
        assert acts_as(visit.case, people.person("ama")) == ""
        assert press(ama, visit).status_code == 409


def test_yes_is_said_for_the_patient_by_law_alone(visit):
    case, joanne = visit.case, people.person("joanne")
    said = {"person": case.patient, "case": case, "by": actor("ama")}
    for kind, more in (("scope", {}), ("read", {"consultant": joanne})):
        with pytest.raises(Refused, match="Only Rosa can do this"):
            case_actions.give_consent(kind, **said, **more)
    record_mandate(visit, "parent")

    for kind, more in (("scope", {}), ("read", {"consultant": joanne})):
        given = case_actions.give_consent(kind, **said, **more)
        assert (given.person, given.given_by, given.given_as) == (case.patient, people.person("ama"), "parent")
    privacy = people.browser(case.patient).get(reverse("pages:privacy", args=[case.pk])).content.decode()
    assert "Ama Osei said yes for you, as a parent." in privacy


def test_she_books_and_accepts_for_the_patient_on_one_page(visit, ama):
    record_mandate(visit)
    practice = factories.open_hours()
    kept = factories.hold(visit.case, service="first_talk")
    kept = booking_actions.hold(
        case=visit.case,
        consultant=practice.consultant,
        service=kept.service,
        starts_at=kept.starts_at,
        how="phone",
        by=actor("ama"),
    )

    assert ama.get(reverse("bookings:pick", args=[visit.case_id])).status_code == 200
    html = ama.get(kept.get_absolute_url()).content.decode()
    assert 'name="scope"' in html
    answer = ama.post(kept.get_absolute_url(), {"seen": kept.choice, "scope": "on", "hope": ""})

    assert answer.status_code == 302
    scope = Consent.objects.get(kind="scope")
    assert (scope.person, scope.given_by) == (visit.case.patient, people.person("ama"))


@pytest.mark.parametrize(
    "fields", [{"given_as": "power"}, {"given_by": "ama"}, {"given_by": "rosa", "given_as": "power"}]
)
def test_the_database_refuses_a_yes_for_somebody_without_its_law(visit, fields):
    given = case_actions.give_consent("scope", person=visit.case.patient, case=visit.case, by=actor("rosa"))
    fields = fields | ({"given_by": people.person(fields["given_by"])} if "given_by" in fields else {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=given.pk).update(**fields)


def test_her_own_page_leads_to_what_she_may_sign(visit, ama):
    home = reverse("pages:case_home", args=[visit.case_id])
    assert "Only Rosa can sign" in ama.get(home).content.decode()
    record_mandate(visit)
    html = ama.get(home).content.decode()
    assert page_of(visit) in html
    assert "under your own name" in html


def test_she_decides_under_her_own_name_and_not_once_the_paper_has_ended(visit, ama):
    address = reverse("opinions:decide", args=[visit.case_id])
    assert ama.post(address, {"choice": "first"}).status_code == 409
    mandate = record_mandate(visit)

    assert ama.post(address, {"choice": "first"}).status_code == 302
    decision = Decision.objects.get()
    assert decision.decided_by == people.person("ama")

    mandates.end_mandate(mandate, by=actor("theo"))
    answer = ama.post(address, {"choice": "own", "seen": str(decision.pk)})
    assert answer.status_code == 409
    assert "Only Rosa can do this" in answer.content.decode()
    assert Decision.objects.get().choice == "first"
