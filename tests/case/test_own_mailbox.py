"""A helper who began names the patient's own mailbox: it becomes the patient's page, who answers first, yes or no."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case import people as rule
from cases.case.actions import open_case
from cases.case.helping import actions as helping
from cases.case.helping.inviting import actions, links, own_mailbox
from cases.case.helping.inviting.models import Invite
from cases.case.helping.models import Helper
from cases.case.models import Case, ToDo
from portal import clock, mail
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import claiming, gathering, rules
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = pytest.mark.django_db
YES = {"answer": "yes", "is_me": "on", "privacy": "on"}


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def case() -> Case:
    """Ama began it for Ida, who has no account yet."""
    return open_case(patient_name="Ida Holm", starter=people.person("ama"), by=act("ama"))


def name(case: Case, email: str = "ida@example.org", key: str = "ama", **said) -> Invite | None:
    return own_mailbox.name_mailbox(case, email=email, by=act(key), **said)


def post(case: Case, key: str = "ama", **said):
    return people.browser(people.person(key)).post(reverse("pages:ask_by_email", args=[case.pk]), said)


def test_the_mail_goes_to_her_without_a_word_of_health(case):
    assert post(case, email="ida@example.org", kin="daughter").url == case.get_absolute_url()
    gathering.gather(clock.now())
    (claim,) = claiming.claim_some(clock.now())[0]
    kept = mail.read(claim.raw)
    assert (claim.to, kept.subject) == ("ida@example.org", "Ama began a page for you")
    assert not rules.clinical_words(kept.plain)
    assert Helper.objects.asked().get().kin == "daughter"


@pytest.mark.parametrize("was_yes", [True, False])
def test_a_mailbox_that_was_named_by_somebody_she_does_not_want_opens_nothing(case, was_yes):
    asked = name(case, "not-ida@example.org")
    helper = Helper.objects.get()
    if was_yes:
        helping.agree(helper, chosen="dates", how="phone", by=act("theo"))
    helping.decline(helper, how="phone", by=act("theo"))
    with pytest.raises(Refused):
        own_mailbox.become(asked, by=Actor("anonymous"))
    assert people.browser().get(links.path_of(asked)).status_code == 410
    assert User.objects.get(pk=case.patient_id).email is None
    assert Event.objects.filter(verb="helping.invite_withdrawn").count() == 1


def test_whoever_said_that_it_is_not_for_them_is_not_written_to_again(case):
    own_mailbox.not_for_me(name(case, "stranger@example.org"), by=Actor("anonymous"))
    assert name(case, "Stranger@Example.org") is None
    assert Reminder.objects.filter(kind="helping.own").count() == 1
    assert ToDo.objects.open().filter(kind="ask_patient", about_id=str(Helper.objects.get().pk)).exists()
    assert name(case, "ida@example.org")


def test_she_opens_it_is_that_very_person_and_answers_first(case):
    path, client = links.path_of(name(case)), people.browser()
    html = client.get(path).content.decode()
    assert "Ama began a page for you, Ida" in html
    assert "Holm" not in html
    assert client.post(path, {"answer": "yes"}).status_code == 422
    case.patient.refresh_from_db()
    assert case.patient.email is None

    answered = client.post(path, YES)

    helper = Helper.objects.asked().get()
    assert answered.url == reverse("case:helper", args=[helper.pk])
    page = client.get(answered.url).content.decode()
    assert page.index("Yes, Ama may help") < page.index("No, not now")
    ida = User.objects.get(email="ida@example.org")
    assert (ida.pk, ida.can_sign_in, bool(ida.privacy_version)) == (case.patient_id, True, True)
    assert EmailAddress.objects.get(user=ida).verified
    client.post(reverse("case:helper", args=[helper.pk]), {"chosen": "most"})
    assert rule.may("read_documents", case, people.person("ama"))
    assert people.browser().get(path).status_code == 410


def test_no_is_one_press_and_the_helper_sees_nothing_more(case):
    path, client = links.path_of(name(case)), people.browser()
    client.post(path, YES)
    client.post(reverse("case:decline_helper", args=[Helper.objects.get().pk]))
    assert not rule.role_in(case, people.person("ama"))
    assert client.get(case.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("email", ["ama@example.org", "AMA@example.org", "ama.second@example.org"])
def test_ones_own_mailbox_is_refused(case, email):
    EmailAddress.objects.create(user=people.person("ama"), email="ama.second@example.org")
    with pytest.raises(Refused) as no:
        name(case, email)
    assert no.value.code == "email"
    answered = post(case, email=email)
    assert answered.status_code == 422
    assert "This is your own address." in answered.content.decode()
    assert not Invite.objects.exists()


def test_anothers_mailbox_goes_to_a_coordinator_and_nobody_learns_of_it(case):
    people.person("grace")
    told = [post(case, email=email).url for email in ("grace@example.org", "grace@example.org", "ida@example.org")]
    assert len(set(told)) == 1
    assert Invite.objects.get().email == "ida@example.org"
    assert ToDo.objects.open().get(kind="ask_patient").note == "grace@example.org"
    assert "grace@example.org" not in people.browser(people.person("ama")).get(told[0]).content.decode()


def test_an_account_that_came_meanwhile_keeps_its_mailbox(case):
    path, client = links.path_of(name(case)), people.browser()
    User.objects.create_user(email="ida@example.org")
    assert "One of us calls" in client.post(path, YES).content.decode()
    case.patient.refresh_from_db()
    assert (case.patient.email, case.patient.can_sign_in) == (None, False)
    assert ToDo.objects.open().filter(kind="ask_patient").exists()
    assert client.get(path).status_code == 410


def test_the_same_twice_is_one_mail_and_another_address_takes_its_place(case):
    first = name(case)
    assert name(case) == first
    assert Reminder.objects.filter(kind="helping.own").count() == 1
    second = name(case, "ida.holm@example.org")
    assert links.invite_for(links.path_of(first).split("/")[2]).ended_as == "withdrawn"
    with clock.lived_at(clock.now() + dt.timedelta(hours=1)):
        assert name(case, "ida.holm@example.org").times == 2
    assert Invite.objects.open().get() == second


@pytest.mark.parametrize("key", ["grace", "theo", "joanne"])
def test_only_whoever_began_names_a_mailbox(case, key):
    with pytest.raises(Refused):
        name(case, key=key)
    assert post(case, key, email="ida@example.org").status_code in {302, 404}
    assert not Invite.objects.exists()


def test_a_patient_with_a_page_of_her_own_is_not_written_to():
    case = factories.open_case(starter=people.person("ama"))
    with pytest.raises(Refused):
        name(case)
    assert "By email" not in people.browser(people.person("ama")).get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize("key", ["ama", "grace", "theo"])
def test_somebody_who_is_signed_in_reads_that_it_is_for_another(case, key):
    path, client = links.path_of(name(case)), people.browser(people.person(key))
    assert "Sign out" in client.get(path).content.decode()
    client.post(path, YES)
    case.patient.refresh_from_db()
    assert case.patient.email is None


def test_a_wrong_mailbox_says_so_and_one_of_us_asks(case):
    path = links.path_of(name(case))
    for _press in range(2):
        people.browser().post(path, {"answer": "no"})
    assert Invite.objects.get().ended_as == "declined"
    assert ToDo.objects.open().filter(kind="ask_patient").count() == 1
    assert rule.role_in(case, people.person("ama"))  # a stranger's press takes nothing from whoever began


def test_late_it_opens_nothing(case):
    asked = name(case)
    with clock.lived_at(clock.now() + dt.timedelta(days=15)):
        assert people.browser().post(links.path_of(asked), YES).status_code == 410
        with pytest.raises(Refused):
            own_mailbox.become(asked, by=Actor("anonymous"))


def test_what_is_for_the_patient_is_no_ones_help(case):
    asked = name(case)
    for action in (actions.send_again, actions.withdraw):
        with pytest.raises(Refused):
            action(asked, by=act("theo"))
    with pytest.raises(Refused):
        actions.take(asked, people.person("grace"), by=act("grace"))
    assert (
        "ida@example.org"
        not in people.browser(people.person("theo")).get(reverse("pages:case_helpers", args=[case.pk])).content.decode()
    )


def test_without_a_gateway_no_text_is_offered(case):
    with pytest.raises(Refused):
        name(case, "", phone="+14165550132")
    page = people.browser(people.person("ama")).get(case.get_absolute_url()).content.decode()
    assert "Then we send a text" not in page
    assert "One of us calls Ida" in page


def test_by_text_she_names_her_own_mailbox_and_the_page_opens_there(case, gateway):
    assert post(case, email="", phone="416 555 0132").status_code == 302
    text, client = links.path_of(Invite.objects.get()), people.browser()
    assert "Where can we write to you?" in client.get(text).content.decode()
    assert client.post(text, {"answer": "yes", "email": "ida"}).status_code == 422
    assert "Look in your mailbox" in client.post(text, {"answer": "yes", "email": "Ida@example.org"}).content.decode()
    assert client.get(text).status_code == 410
    asked = Invite.objects.get()
    assert (asked.email, asked.times) == ("ida@example.org", 2)
    client.post(links.path_of(asked), YES)
    assert User.objects.get(email="ida@example.org").pk == case.patient_id


def test_by_text_anothers_mailbox_is_not_taken(case, gateway):
    name(case, "", phone="+14165550132")
    answered = people.browser().post(links.path_of(Invite.objects.get()), {"answer": "yes", "email": "ama@example.org"})
    assert "One of us calls" in answered.content.decode()
    assert ToDo.objects.open().filter(kind="ask_patient").exists()


def test_the_record_says_what_each_did(case):
    people.browser().post(links.path_of(name(case)), YES)
    said = Event.objects.filter(case_id=case.pk, verb__startswith="helping.").order_by("pk")
    assert list(said.values_list("verb", "actor_id")) == [
        ("helping.asked", people.person("ama").pk),
        ("helping.mailbox_named", people.person("ama").pk),
        ("helping.page_taken", case.patient_id),
    ]


@pytest.mark.parametrize("wrong", [{"how": "page"}, {"switches": ["files"]}, {"part": "helper"}, {"part": "nobody"}])
def test_the_database_refuses(case, wrong):
    asked = name(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=asked.pk).update(**wrong)


def test_the_database_refuses_that_somebody_else_takes_it(case):
    asked = name(case)
    wrong = {"ended_at": clock.now(), "ended_as": "taken", "taken_by": people.person("ama")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=asked.pk).update(**wrong)
