"""The patient asks somebody to help on a page, the mail goes without a word of health, and its link is taken up."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from cases.case.helping.inviting import actions, links
from cases.case.helping.inviting.models import Invite
from cases.case.helping.models import Helper
from cases.case.models import Case
from portal import clock, mail
from portal.accounts.models import User
from portal.reminders import claiming, gathering, rules
from portal.reminders.models import Delivery
from portal.texts.words import text
from tests import factories, people

pytestmark = pytest.mark.django_db
ASK = {"name": "Ben Adu", "email": "ben@example.org", "phone": "", "chosen": "most", "until_on": ""}
JOIN = {"answer": "yes", "name": "Ben Adu", "privacy": "on"}


@pytest.fixture
def case() -> Case:
    return factories.open_case()


def ask(case: Case, key: str = "rosa", page: str = "case:ask_helper", **said):
    return people.browser(people.person(key)).post(reverse(page, args=[case.pk]), ASK | said)


def asked(case: Case, **said) -> Invite:
    ask(case, **said)
    return Invite.objects.get()


def html_of(key: str, page: str, *args) -> str:
    return people.browser(people.person(key)).get(reverse(page, args=args)).content.decode()


def sent() -> list[tuple[str, mail.Kept]]:
    """(to, mail) of what would go now."""
    gathering.gather(clock.now())
    claims, _failed, _any = claiming.claim_some(clock.now())
    return [(claim.to, mail.read(claim.raw)) for claim in claims if claim.delivery.channel == "mail"]


def test_the_mail_says_who_asks_and_nothing_of_health(case):
    assert ask(case).status_code == 302
    ((to, kept),) = sent()
    assert (to, kept.subject) == ("ben@example.org", "Rosa asks for your help")
    for part in (kept.plain, kept.html):
        words = re.sub(r"https?://\S+|<style.*?</style>", "", part, flags=re.DOTALL)
        assert not rules.clinical_words(words)
        assert "second opinion" not in words
        assert "The link works once" in words
        assert links.path_of(Invite.objects.get()) in part


def test_the_patient_sees_whom_she_asked_and_takes_it_back(case):
    found = asked(case)
    html = html_of("rosa", "case:helpers", case.pk)
    assert "ben@example.org" in html
    assert "The link works until" in html
    client = people.browser(people.person("rosa"))
    assert client.post(reverse("case:withdraw_invite", args=[found.pk])).url == reverse("case:helpers", args=[case.pk])
    assert "ben@example.org" not in html_of("rosa", "case:helpers", case.pk)
    assert client.get(links.path_of(found)).status_code == 410
    assert sent() == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": " "}, "Enter their name."),
        ({"email": ""}, "Enter an email address, or a phone number below."),
        ({"email": "ben"}, "Enter your email address in full"),
        ({"email": "ben@gmial.com"}, "Did you mean ben@gmail.com?"),
        ({"email": "rosa@example.org"}, "Each person needs one of their own."),
        ({"chosen": ""}, "Pick how much they may help."),
        ({"chosen": "own"}, "Tick at least one"),
        ({"until_on": "2020-01-01"}, "Choose today or a later day."),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_asked(case, said, words):
    answered = ask(case, **said)
    assert answered.status_code == 422
    assert words in answered.content.decode()
    assert not Invite.objects.exists()


def test_an_address_that_is_right_as_it_is_goes_the_second_time(case):
    assert ask(case, email="ben@gmial.com", as_typed="ben@gmial.com").status_code == 302


def test_opening_the_link_changes_nothing(case):
    page = people.browser().get(links.path_of(asked(case)))
    assert page["Referrer-Policy"] == "no-referrer"
    html = page.content.decode()
    assert "Rosa asks for your help" in html
    assert "Book, move or cancel a talk" in html
    assert "Delgado" not in html
    assert Invite.objects.standing().exists()
    assert not User.objects.filter(email="ben@example.org").exists()


def test_whoever_has_no_page_gets_one_by_one_press_and_is_signed_in(case):
    client, path = people.browser(), links.path_of(asked(case))
    assert client.post(path, {"answer": "yes", "name": "Ben Adu"}).status_code == 422
    assert not User.objects.filter(email="ben@example.org").exists()
    assert client.post(path, JOIN).url == case.get_absolute_url()
    assert client.get(case.get_absolute_url()).status_code == 200
    assert EmailAddress.objects.get(email="ben@example.org").verified
    assert client.post(path, JOIN).url == case.get_absolute_url()
    assert people.browser().post(path, JOIN).status_code == 410
    assert Helper.objects.count() == 1
    assert "Everything except private words" in html_of("rosa", "case:helpers", case.pk)


def test_whoever_has_a_page_signs_in_first(case):
    people.person("ama")
    path = links.path_of(asked(case, email="ama@example.org"))
    html = people.browser().get(path).content.decode()
    assert f"{reverse('account_login')}?next={path}" in html
    assert "There is a page for this address already" in html
    assert people.browser().post(path, JOIN).status_code == 200
    assert not Helper.objects.exists()
    assert people.browser(people.person("ama")).post(path, {"answer": "yes"}).url == case.get_absolute_url()


@pytest.mark.parametrize("key", ["rosa", "grace", "theo"])
def test_another_account_reads_why_not(case, key):
    client, path = people.browser(people.person(key)), links.path_of(asked(case))
    html = client.get(path).content.decode()
    assert "Sign out" in html
    assert "Yes, I help" not in html
    assert client.post(path, {"answer": "yes"}).status_code == 422
    assert not Helper.objects.exists()


def test_no_is_one_press_as_well(case):
    path = links.path_of(asked(case))
    assert "We tell Rosa kindly" in people.browser().post(path, {"answer": "no"}).content.decode()
    assert people.browser().get(path).status_code == 410


def test_made_up_links_lead_nowhere(case):
    token = links.path_of(asked(case)).split("/")[2]
    for wrong in (token[:-2] + "AA", "x", token[:20]):
        assert people.browser().get(reverse("case:invited", args=[wrong])).status_code == 410


def test_a_name_that_is_an_offer_does_not_travel(case):
    rosa = people.person("rosa")
    rosa.called = "win.example.com"
    rosa.save()
    ask(case, name="http://evil.example")
    ((_to, kept),) = sent()
    assert "evil" not in kept.plain
    assert kept.subject == "Someone you know asks for your help"


def test_hostile_names_stay_text(case):
    html = html_of("rosa", "case:helpers", asked(case, name="<b>Ben</b>").case_id)
    assert "&lt;b&gt;Ben&lt;/b&gt;" in html


def test_the_coordinator_asks_for_her_and_puts_in_an_address_later(case):
    heard = {"how": "phone", "is_read_out": "on", "email": "", "phone": "416 555 0132"}
    heard["version"] = str(text("helper_yes").version)
    assert ask(case, "theo", "pages:ask_helper", **heard | {"version": "0"}).status_code == 422
    assert ask(case, "theo", "pages:ask_helper", **heard | {"is_read_out": ""}).status_code == 422
    assert ask(case, "theo", "pages:ask_helper", **heard).status_code == 302
    assert "Put in their email address" in html_of("theo", "pages:case_helpers", case.pk)
    assert "Ring: can they help?" in html_of("theo", "pages:case_file", case.pk)
    client, found = people.browser(people.person("theo")), Invite.objects.get()
    page = reverse("pages:invite_address", args=[found.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"email": "ben"}).status_code == 422
    assert client.post(page, {"email": "ben@example.org"}).status_code == 302
    assert [to for to, _kept in sent()] == ["ben@example.org"]


def test_strangers_find_no_form(case):
    found = asked(case)
    for key in ("grace", "ama"):
        assert ask(case, key).status_code == 404
        for name in ("case:ask_again", "case:withdraw_invite"):
            assert people.browser(people.person(key)).post(reverse(name, args=[found.pk])).status_code == 404


def test_a_mail_that_came_back_is_said_where_it_was_asked(case):
    found = asked(case)
    sent()
    actions.notices.tell_astray(list(Delivery.objects.filter(recipient_id=str(found.pk))))
    assert "The mail came back." in html_of("rosa", "case:helpers", case.pk)


def test_by_text_the_link_goes_alone(case, gateway):
    with clock.lived_at(clock.now().replace(hour=17)):  # by day, where Rosa lives
        ask(case, email="", phone="416 555 0132")
        gathering.gather(clock.now())
        (claim,), _failed, _any = claiming.claim_some(clock.now())
        assert claim.to == "+14165550132"
        assert claim.raw.decode().startswith("RS office: Rosa asks for your help")
        path = links.path_of(Invite.objects.get())
        html = people.browser().get(path).content.decode()
        assert f"{reverse('account_signup')}?next={path}" in html
        assert people.browser(people.person("grace")).post(path, {"answer": "yes"}).url == case.get_absolute_url()
