"""What one of us writes down for the patient is told to them by their own way; an earlier no is spoken of first."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.helping import actions, mandates
from cases.case.helping.inviting import actions as inviting
from cases.case.helping.inviting.models import Invite
from cases.case.helping.models import Helper
from cases.case.models import Case
from portal import clock, mail
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages.case_helpers import put_answer
from portal.reminders import claiming, gathering, kinds, rules
from portal.reminders.models import Delivery, Reminder
from portal.texts.words import text
from tests import factories, people

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 4, 14, 5, tzinfo=dt.UTC)
WROTE = ("yes", "no", "end", "paper", "paper_end", "asked")


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture(autouse=True)
def morning():
    with clock.lived_at(NINE):
        yield


@pytest.fixture
def case() -> Case:
    """Ama began it for Rosa."""
    return factories.open_case(starter=people.person("ama"))


def told() -> list[str]:
    """What the patient would be told now."""
    found = []
    for code in WROTE:
        rows = list(Reminder.objects.unsettled().filter(kind=f"helping.wrote_{code}"))
        due = kinds.kind_of(f"helping.wrote_{code}").still_due(rows, clock.now())
        assert {row.recipient_id for row in rows} <= {str(people.person("rosa").pk)}
        found += [code for row in rows if row.pk in due]
    return found


def asked(case: Case) -> Helper:
    return actions.ask(case, people.person("ama"), by=act("ama"))


def agreed(case: Case, key: str) -> Helper:
    how = "page" if key == "rosa" else "phone"
    return actions.agree(asked(case), chosen="most", how=how, by=act(key))


def read(case: Case) -> Helper:
    mandates.record_mandate(case, people.person("ama"), kind="power", from_on=dt.date(2026, 11, 1), by=act("theo"))
    return Helper.objects.get()


def test_a_yes_that_was_written_down_is_told_and_her_own_is_not(case):
    agreed(case, "theo")
    assert told() == ["yes"]


def test_what_she_pressed_herself_she_knows(case):
    helper = agreed(case, "rosa")
    actions.change(helper, chosen="dates", by=act("rosa"))
    actions.end(helper, by=act("rosa"))
    assert told() == []


def test_each_change_is_told_once(case):
    helper = agreed(case, "theo")
    for _press in range(2):
        actions.change(helper, chosen="dates", how="phone", by=act("theo"))
    assert told() == ["yes"]
    assert Reminder.objects.unsettled().get(kind="helping.wrote_yes").version == 2


def test_a_no_is_told_once(case):
    for _press in range(2):
        actions.decline(
            asked(case) if not Helper.objects.exists() else Helper.objects.get(), how="phone", by=act("theo")
        )
    assert told() == ["no"]


def test_an_end_is_told_and_a_yes_before_it_no_more(case):
    helper = agreed(case, "theo")
    actions.end(helper, by=act("theo"))
    assert told() == ["end"]
    assert Event.objects.get(verb="helping.ended").for_patient == case.patient_id


def test_a_helper_who_stops_does_not_act_for_her(case):
    actions.end(agreed(case, "rosa"), by=act("ama"))
    assert (told(), Event.objects.get(verb="helping.ended").for_patient) == ([], None)


def test_a_paper_is_told_as_a_paper_and_its_end_too(case):
    helper = read(case)
    assert told() == ["paper"]
    mandates.end_mandate(helper.case.mandates.get(), by=act("theo"))
    assert told() == ["paper_end"]


def test_whom_we_asked_for_her_is_told(case):
    who = {"name": "Ben Adu", "email": "ben@example.org"}
    invite = inviting.invite(case, **who, chosen="dates", how="phone", by=act("theo"))
    assert told() == ["asked"]
    inviting.withdraw(invite, by=act("rosa"))
    assert told() == []


def test_the_mail_says_that_and_not_what(case):
    agreed(case, "theo")
    with clock.lived_at(NINE + dt.timedelta(days=1)):
        gathering.gather(clock.now())
        claims = claiming.claim_some(clock.now())[0]
    kept = mail.read(next(claim.raw for claim in claims if claim.to == "rosa@example.org"))
    assert kept.subject == "We wrote something down for you"
    assert not rules.clinical_words(kept.subject)
    assert reverse("case:helpers", args=[case.pk]) in kept.plain


@pytest.mark.parametrize("channel", ["letter", "call"])
def test_who_has_no_mail_is_told_by_letter_or_call(channel):
    rosa = people.person("rosa")
    rosa.phone, rosa.postal, rosa.channel = "+14165550132", "1 Elm Street\nToronto", channel
    rosa.email, rosa.can_sign_in = None, False
    rosa.save()
    case = factories.open_case(User.objects.get(pk=rosa.pk), starter=people.person("ama"))
    agreed(case, "theo")
    with clock.lived_at(NINE + dt.timedelta(days=1)):
        gathering.gather(clock.now())
    assert Delivery.objects.by_hand().get(recipient_id=str(rosa.pk)).channel == channel


def test_it_stands_on_her_privacy_page(case):
    agreed(case, "theo")
    html = people.browser(people.person("rosa")).get(reverse("pages:privacy", args=[case.pk])).content.decode()
    assert "Theo did this for you" in html


def answer(case: Case, **said):
    page = reverse("pages:helper_answer", args=[case.pk, people.person("ama").pk])
    yes = {"answer": "yes", "how": "phone", "chosen": "most", "until_on": "", "is_read_out": "on"}
    yes["version"] = str(text("helper_yes").version)
    client = people.browser(people.person("theo"))
    return client.post(page, yes | said) if said is not None else client.get(page)


@pytest.mark.parametrize("key", ["rosa", "theo"])
def test_an_earlier_no_is_shown_and_spoken_of_before_a_yes_counts(case, key):
    actions.decline(asked(case), how="page" if key == "rosa" else "phone", by=act(key))
    refused = answer(case)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "Rosa said no on November 4, 2026" in html
    assert ("on their own page" if key == "rosa" else "Put in by Theo Lindqvist") in html
    assert not Helper.objects.granted().exists()
    page = people.browser(people.person("theo")).get(reverse("pages:case_helpers", args=[case.pk])).content.decode()
    assert "Said no" in page
    assert answer(case, knows_no="on").status_code == 302
    assert Helper.objects.granted().exists()


def test_without_an_earlier_no_nothing_more_is_asked(case):
    assert answer(case).status_code == 302


def test_a_no_can_be_written_down_again(case):
    actions.decline(asked(case), by=act("rosa"))
    assert answer(case, answer="no", chosen="").status_code == 302


def test_a_no_that_came_meanwhile_counts(case):
    actions.decline(asked(case), by=act("rosa"))
    said = {"answer": "yes", "chosen": "most", "until_on": None, "how": "phone"}
    with pytest.raises(Refused):
        put_answer(case, people.person("ama"), said, 1, by=act("theo"))


def test_a_helper_who_stopped_said_no_herself_not_the_patient(case):
    actions.end(agreed(case, "rosa"), by=act("ama"))
    assert actions.former_no(case, people.person("ama")) is None


def test_whom_she_said_no_to_is_not_asked_for_her_without_a_word(case):
    actions.decline(asked(case), by=act("rosa"))
    page, client = reverse("pages:ask_helper", args=[case.pk]), people.browser(people.person("theo"))
    said = {"name": "Ama", "email": "Ama@example.org", "chosen": "dates", "how": "phone", "is_read_out": "on"}
    said["version"] = str(text("helper_yes").version)
    refused = client.post(page, said)
    assert refused.status_code == 422
    assert "Rosa said no on November 4, 2026, on their own page." in refused.content.decode()
    assert not Invite.objects.exists()
    assert client.post(page, said | {"knows_no": "on"}).status_code == 302
    assert Invite.objects.standing().exists()


def test_she_herself_asks_whom_she_likes(case):
    actions.decline(asked(case), by=act("rosa"))
    assert inviting.invite(case, name="Ama", email="ama@example.org", chosen="dates", by=act("rosa"))
