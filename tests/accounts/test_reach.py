"""How a person wants to be reached: said by themselves or to a coordinator, sealed, refused where nothing leads."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from portal.accounts import actions, rules
from portal.accounts.models import User
from portal.actors import Actor
from portal.clock import now
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import fix_address
from portal.reminders.readers import reader_of
from tests import factories, people

ADDRESS = "14 Mill Lane, Apt 3\nToronto ON M4C 1A1"
NUMBER = "+14165550134"


def theo() -> Actor:
    return Actor.person(people.person("theo"))


def about(**more):
    return {
        "name": "Rosa Delgado",
        "called": "Rosa",
        "birth_date": "1968-05-14",
        "time_zone": "America/Toronto",
        "language": "en",
        **more,
    }


def say(person, **more):
    return people.browser(person).post(reverse("accounts:about_you"), about(**more))


def fix(person, **more):
    said = {"email": person.email or "", "phone": str(person.phone), "is_known": "on", "channel": person.channel} | more
    return people.browser(people.person("theo")).post(reverse("pages:fix_address", args=[person.pk]), said)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  14 Mill Lane \r\n\r\n Toronto   ON\t M4C 1A1 ", "14 Mill Lane\nToronto ON M4C 1A1"),
        ("14 Mill\u202e Lane\x00", "14 Mill Lane"),
        (" \n ", ""),
    ],
)
def test_an_address_is_kept_line_by_line(typed, kept):
    assert rules.tidy_postal(typed) == kept


def test_an_address_must_fit_the_window_of_an_envelope():
    assert rules.why_not_postal("a\nb\nc\nd") == ""
    assert "4 lines" in rules.why_not_postal("a\nb\nc\nd\ne")
    assert "40 letters" in rules.why_not_postal("x" * 41)


@pytest.mark.parametrize(
    ("channel", "missing"), [("mail", "email"), ("text", "phone"), ("call", "phone"), ("letter", "postal")]
)
def test_a_way_needs_what_leads_there(channel, missing):
    given = {"email": "a@example.org", "phone": NUMBER, "postal": ADDRESS}
    assert rules.why_not_channel(channel, **given) == ""
    assert rules.why_not_channel(channel, **given | {missing: ""}) != ""


@pytest.mark.django_db
def test_she_chooses_letters_on_her_own_page_and_it_stands_on_her_account():
    rosa = people.person("rosa")
    assert say(rosa, phone="", postal=ADDRESS, channel="letter").status_code == 302
    rosa.refresh_from_db()
    assert (rosa.channel, rosa.postal) == ("letter", ADDRESS)
    page = people.browser(rosa).get(reverse("accounts:settings")).content.decode()
    assert "14 Mill Lane, Apt 3<br>Toronto ON M4C 1A1" in page
    assert "by letter" in page
    assert ADDRESS.splitlines()[0] in people.browser(rosa).get(reverse("accounts:about_you")).content.decode()
    event = Event.objects.get(verb="account.channel_chosen")
    assert (event.actor_id, event.patient, event.why) == (rosa.pk, rosa.pk, "letter")


@pytest.mark.django_db
def test_the_address_is_sealed_in_the_row():
    rosa = people.person("rosa")
    say(rosa, postal=ADDRESS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT postal FROM accounts_user WHERE id = %s", [rosa.pk])
        kept = bytes(cursor.fetchone()[0])
    assert len(kept) > len(ADDRESS)
    assert b"Mill" not in kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("channel", "said"), [("letter", "There is no postal address"), ("call", "There is no phone number")]
)
def test_what_leads_nowhere_is_said_at_the_field(channel, said):
    answer = say(people.person("rosa"), phone="", postal="", channel=channel)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.django_db
def test_a_gone_address_or_number_ends_what_needed_it():
    rosa = people.person("rosa")
    say(rosa, phone=NUMBER, postal=ADDRESS, channel="letter")
    say(rosa, phone=NUMBER, postal="")
    rosa.refresh_from_db()
    assert rosa.channel == "mail"
    say(rosa, phone=NUMBER, channel="call")
    say(rosa, phone="")
    rosa.refresh_from_db()
    assert rosa.channel == "mail"


@pytest.mark.django_db
def test_the_database_refuses_a_way_that_leads_nowhere():
    rosa = people.person("rosa")
    for channel in ("letter", "call"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=rosa.pk).update(channel=channel, phone="")


@pytest.mark.django_db
def test_hostile_words_in_an_address_are_shown_as_text():
    rosa = people.person("rosa")
    say(rosa, postal="<script>alert(1)</script>", channel="letter")
    page = people.browser(rosa).get(reverse("accounts:settings")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.django_db
def test_a_coordinator_sets_the_way_as_she_asked_and_she_reads_it():
    case = factories.open_case()
    assert fix(case.patient, postal=ADDRESS, channel="letter", is_wish="on").status_code == 302
    rosa = User.objects.get(pk=case.patient_id)
    assert (rosa.channel, rosa.postal) == ("letter", ADDRESS)
    set_by = Event.objects.get(verb="account.channel_set")
    assert (set_by.actor_id, set_by.patient, set_by.why) == (theo().id, rosa.pk, "letter")
    page = people.browser(rosa).get(reverse("pages:privacy", args=[case.pk])).content.decode()
    assert "Set how messages reach you, as you asked" in page
    assert "Wrote down your postal address" in page


@pytest.mark.django_db
def test_without_her_wish_the_way_stays():
    case = factories.open_case()
    answer = fix(case.patient, postal=ADDRESS, channel="letter")
    assert answer.status_code == 422
    assert "Ask them first" in answer.content.decode()
    assert User.objects.get(pk=case.patient_id).channel == "mail"
    assert fix(case.patient, postal=ADDRESS).status_code == 302  # the address alone needs none


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["text", "call", "letter", "mail", "pigeon"])
def test_a_coordinator_is_told_what_is_missing(settings, channel):
    settings.TEXT_GATEWAY_URL = "http://localhost:1/"
    harold = User.objects.create_user(name="Harold Quist", can_sign_in=False)
    if channel == "mail":
        User.objects.filter(pk=harold.pk).update(channel="call", phone=NUMBER)
        harold.refresh_from_db()
    factories.open_case(harold, starter=people.person("ama"))
    assert fix(harold, phone="", channel=channel, is_wish="on").status_code == 422
    with pytest.raises(Refused):
        fix_address.put_right(harold, email="", phone="", channel=channel, by=theo())


@pytest.mark.django_db
def test_someone_without_email_gets_texts_without_ever_signing_in(settings):
    settings.TEXT_GATEWAY_URL = "http://localhost:1/"
    harold = User.objects.create_user(name="Harold Quist", can_sign_in=False)
    factories.open_case(harold, starter=people.person("ama"))
    assert fix(harold, phone=NUMBER, channel="text", is_wish="on").status_code == 302
    reader = reader_of(("user", str(harold.pk)), now())
    assert (reader.channel, reader.address) == ("text", NUMBER)


@pytest.mark.django_db
def test_the_same_way_set_twice_is_one_line_of_history():
    case = factories.open_case()
    for _press in range(2):
        fix(case.patient, postal=ADDRESS, channel="letter", is_wish="on")
    assert Event.objects.filter(verb="account.channel_set").count() == 1


@pytest.mark.django_db
def test_the_way_is_changed_from_the_case_file_and_leads_back_there():
    case = factories.open_case()
    file = reverse("pages:case_file", args=[case.pk])
    theo_browses = people.browser(people.person("theo"))
    page = theo_browses.get(file).content.decode()
    address = reverse("pages:fix_address", args=[case.patient_id]) + "?back=file"
    assert address in page
    assert "Messages: by email" in page
    said = {"email": "rosa@example.org", "phone": NUMBER, "channel": "call", "is_wish": "on", "is_known": "on"}
    assert theo_browses.post(address, said).url == file
    assert "Messages: by a call from us" in theo_browses.get(file).content.decode()


@pytest.mark.django_db
def test_staff_are_always_mailed():
    assert actions.say_about_oneself(people.person("joanne"), fields={"postal": ADDRESS}, by=theo()).channel == "mail"
    page = people.browser(people.person("joanne")).get(reverse("accounts:about_you")).content.decode()
    assert "postal" not in page
