"""One's own account, drafts, and what is forgotten."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from portal import clock
from portal.accounts import actions, drafts
from portal.accounts.models import Draft, User
from portal.history.models import Event
from tests.people import browser, person

pytestmark = pytest.mark.django_db
ABOUT = {
    "name": "Ulla Berg", "called": "Ulla", "birth_date": "1968-04-21", "phone": "212 555 0123",
    "safe_to_ring": "after 10 am", "may_leave_message": "on", "time_zone": "America/Chicago", "language": "en",
}  # fmt: skip


def newcomer() -> User:
    user = User.objects.create_user(email="ulla@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_a_newcomer_is_asked_about_themselves_first():
    client = browser(newcomer())
    assert client.get("/account/").headers["Location"] == reverse("accounts:about_you")
    assert client.post(reverse("accounts:about_you"), ABOUT).headers["Location"] == reverse("pages:home")
    ulla = User.objects.get(email="ulla@example.org")
    assert (ulla.first_name, str(ulla.zone), ulla.may_leave_message) == ("Ulla", "America/Chicago", True)
    assert ulla.birth_date == dt.date(1968, 4, 21)


def test_children_are_asked_to_call():
    client = browser(newcomer())
    page = client.post(reverse("accounts:about_you"), ABOUT | {"birth_date": "2015-01-01"})
    assert page.status_code == 422
    assert "Please call us" in page.content.decode()
    assert 'value="Ulla Berg"' in page.content.decode()


def test_a_wrong_phone_says_what_to_do():
    page = browser(newcomer()).post(reverse("accounts:about_you"), ABOUT | {"phone": "12"})
    assert "with its area code" in page.content.decode()
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in page.content.decode()
    assert 'href="#id_phone"' in page.content.decode()


def test_theme_and_text_size_reach_the_page():
    client = browser(person("rosa"))
    client.post(reverse("accounts:display"), {"theme": "soft", "text_size": "larger"})
    page = client.get("/account/").content.decode()
    assert 'data-theme="soft" data-text="larger"' in page


def test_language_and_direction_reach_the_page():
    rosa = person("rosa")
    rosa.language = "qpr"
    rosa.save()
    assert 'lang="qpr" dir="rtl"' in browser(rosa).get("/account/").content.decode()


def test_a_draft_is_sealed_and_says_when_it_was_saved():
    client = browser(person("rosa"))
    address = reverse("accounts:draft", args=["review", "4f1c"])
    page = client.post(address, {"words": "A canary in the mine", "why": ["a", "b"]})
    assert page.content.decode().startswith("Draft saved ")
    assert drafts.kept(person("rosa"), "review", "4f1c") == {"words": "A canary in the mine", "why": ["a", "b"]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM accounts_draft")
        assert b"canary" not in bytes(cursor.fetchone()[0])


def test_drafts_are_ones_own_and_go_after_30_days():
    drafts.keep(person("rosa"), "review", "4f1c", {"words": "mine"})
    assert drafts.kept(person("grace"), "review", "4f1c") is None
    Draft.objects.update(kept_at=clock.now() - dt.timedelta(days=30))
    assert drafts.kept(person("rosa"), "review", "4f1c") is None
    assert drafts.delete_old(clock.now()) == 1


def test_a_sent_form_drops_its_draft():
    rosa = person("rosa")
    drafts.keep(rosa, "about-you", "", {"called": "Rosita"})
    client = browser(rosa)
    assert "Rosita" in client.get(reverse("accounts:about_you")).content.decode()
    client.post(reverse("accounts:about_you"), ABOUT)
    assert drafts.kept(rosa, "about-you") is None


def test_an_address_never_confirmed_is_forgotten_with_its_answers():
    old = clock.now() - dt.timedelta(days=31)
    gone = User.objects.create_user(email="gone@example.org", joined_at=old)
    EmailAddress.objects.create(user=gone, email=gone.email, verified=False, primary=True)
    drafts.keep(gone, "five-questions", "", {"sealed": "x"})
    stays = newcomer()
    User.objects.filter(pk=stays.pk).update(joined_at=old)
    assert actions.forget_unconfirmed(clock.now()) == 1
    assert list(User.objects.all()) == [stays]
    assert not Draft.objects.exists()


def test_privacy_version_and_time_go_together():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email="a@example.org", privacy_version=1)


def test_changing_details_is_on_record_without_the_details():
    browser(person("rosa")).post(reverse("accounts:about_you"), ABOUT)
    line = Event.objects.get(verb="account.details_changed")
    assert "Ulla" not in str(line.__dict__)


def test_times_move_to_where_the_device_is_only_when_asked():
    client = browser(person("rosa"))
    assert "data-zone-now" in client.get("/account/").content.decode()
    client.post(reverse("accounts:zone"), {"zone": "America/Vancouver", "stay": "1"})
    assert person("rosa").time_zone == "America/Toronto"
    assert "data-zone-now" not in client.get("/account/").content.decode()
    client.post(reverse("accounts:zone"), {"zone": "Nowhere/Else", "move": "1"})
    assert person("rosa").time_zone == "America/Toronto"
    client.post(reverse("accounts:zone"), {"zone": "America/Vancouver", "move": "1"})
    assert person("rosa").time_zone == "America/Vancouver"
