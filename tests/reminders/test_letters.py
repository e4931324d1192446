"""A message as a letter: printed by a coordinator, posted, and then it counts as given."""

import datetime as dt
import io

import pikepdf
import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import by_hand, letters, rules, sender
from portal.reminders.models import Delivery, Outcome
from tests import people
from tests.at_once.rivals import at_once
from tests.pdf_letters import no_glyph_is_missing, words_of
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db
ADDRESS = "14 Mill Lane, Apt 3\nToronto ON M4C 1A1"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def told(clock, smtp_sink):
    """A message for someone without e-mail: a form to sign, and a call."""
    walter = User.objects.create_user(name="Walter Żuk", called="Walter", can_sign_in=False, postal=ADDRESS)
    plan("tests.form", walter, due_at=NOON - 2 * HOUR)
    plan("tests.call", walter, due_at=NOON - 2 * HOUR)
    sender.run()
    return Delivery.objects.get()


def get(delivery, key="theo", name="letter"):
    return people.browser(people.person(key)).get(reverse(f"reminders:{name}", args=[delivery.pk]))


def post(delivery, key="theo"):
    return people.browser(people.person(key)).post(reverse("reminders:posted", args=[delivery.pk]))


def test_the_letter_says_everything_the_message_holds(told):
    said = words_of(get(told).content)
    for part in (
        "RS office",
        "Tuesday, November 10, 2026",
        "Walter Żuk",
        "Your call is coming up, Walter",
        "Have you signed the form?",
        "Joanne will be there. <b> & “quotes” stay as they are.",
        "You can answer by phone",
        "We don’t replace a doctor’s second opinion.",
    ):
        assert part in said
    assert said.count("Your call is coming up, Walter") == 2
    assert rules.clinical_words(said.partition("We don’t replace")[0]) == []


def test_it_is_one_tagged_page_with_every_letter_of_a_name(told):
    content = get(told).content
    assert pikepdf.open(io.BytesIO(content)).Root.MarkInfo.Marked
    assert len(pypdfium2.PdfDocument(content)) == 1
    assert no_glyph_is_missing(content)


def test_what_is_done_meanwhile_is_not_in_it(told):
    form = told.rows.get(kind="tests.form")
    THINGS.versions.pop(form.about_id)
    assert "Have you signed the form?" not in words_of(get(told).content)


def test_when_nothing_is_due_any_more_there_is_no_letter(told):
    THINGS.versions.clear()
    assert letters.pdf(told, NOON) is None
    assert get(told)["Location"] == reverse("pages:reminder_log")


def test_it_is_made_on_record_and_only_for_coordinators(told):
    for key in ("rosa", "joanne", "mara"):
        assert get(told, key).status_code == 404
        assert post(told, key).status_code == 404
    get(told)
    assert Event.objects.get(verb="reminder.letter_made").actor_id == people.person("theo").pk


def test_posted_counts_as_given_once(told):
    for _press in range(2):
        post(told)
    told.refresh_from_db()
    assert (told.channel, told.sent_at) == ("letter", NOON)
    assert {row.settled_as for row in told.rows.all()} == {Outcome.SENT}
    assert Event.objects.filter(verb="reminder.posted").count() == 1
    assert sender.run() == 0


def test_a_letter_that_has_lost_a_part_is_not_the_one_that_was_printed(told):
    form, theo = told.rows.get(kind="tests.form"), Actor.person(people.person("theo"))
    printed = by_hand.seen(by_hand.due_rows(told, NOON))
    THINGS.versions.pop(form.about_id)
    with pytest.raises(Refused, match="Print it once more"):
        by_hand.posted(told, as_seen=printed, by=theo)
    by_hand.posted(told, as_seen=by_hand.seen(by_hand.due_rows(told, NOON)), by=theo)
    assert {row.kind: row.settled_as for row in told.rows.all()} == {
        "tests.form": Outcome.NOT_NEEDED,
        "tests.call": Outcome.SENT,
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_posts_it(told):
    ola = User.objects.create_user(email="ola@example.org", name="Ola Ruiz", role="coordinator")
    both = [Actor.person(people.person("theo")), Actor.person(ola)]
    outcomes = at_once(*(lambda by=by: by_hand.posted(told, by=by) for by in both))
    assert [type(each.error) for each in outcomes if each.error] == [Refused]
    told.refresh_from_db()
    [winner] = [by for by, each in zip(both, outcomes, strict=True) if each.error is None]
    assert told.sent_by == winner.user
    assert Event.objects.filter(verb="reminder.posted").count() == 1


def test_the_database_keeps_who_only_with_when(told):
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=told.pk).update(sent_by=people.person("theo"))


def test_what_went_out_is_not_posted_as_well(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    with pytest.raises(Refused):
        by_hand.posted(Delivery.objects.get(), by=Actor.person(people.person("theo")))
    assert get(Delivery.objects.get()).status_code == 302


def test_the_log_offers_the_letter_and_says_that_it_was_posted(told):
    theo, log = people.browser(people.person("theo")), reverse("pages:reminder_log")
    html = theo.get(log + "?show=calls").content.decode()
    assert reverse("reminders:letter", args=[told.pk]) in html
    assert reverse("reminders:posted", args=[told.pk]) in html
    post(told)
    assert "Posted" in theo.get(log).content.decode()


def test_who_wants_letters_gets_no_mail_and_the_letter_waits_in_the_log(clock, smtp_sink):
    rosa = people.person("rosa")
    rosa.postal, rosa.channel = "14 Mill Lane\nToronto ON M4C 1A1", User.Channel.LETTER
    rosa.save(update_fields=["postal", "channel"])
    plan("tests.form", rosa, due_at=NOON - 2 * HOUR)
    assert sender.run() == 0
    assert smtp_sink.messages == []
    assert Delivery.objects.get().channel == "letter"
    html = people.browser(people.person("theo")).get(reverse("pages:reminder_log") + "?show=calls").content.decode()
    assert "To post" in html
    assert reverse("reminders:letter", args=[Delivery.objects.get().pk]) in html


def test_name_and_address_stand_behind_the_window_of_an_envelope_and_nothing_else_does(clock, smtp_sink):
    walter = User.objects.create_user(
        name="Walter Żuk",
        can_sign_in=False,
        postal="14 Mill Lane, Apt 3\nSecond yard\nToronto ON M4C 1A1\nCANADA",
        channel="letter",
    )
    plan("tests.call", walter, due_at=NOON - 2 * HOUR)
    sender.run()
    seen = behind_the_window(get(Delivery.objects.get()).content)
    assert seen.split() == ["Walter", "Żuk", *walter.postal.split()]


MM = 72 / 25.4


def behind_the_window(content):
    """The words in what a #10 window shows, its paper lying at the bottom of the envelope."""
    page = pypdfium2.PdfDocument(content)[0]
    top = page.get_height() - 52 * MM
    return page.get_textpage().get_text_bounded(left=22 * MM, right=110 * MM, top=top, bottom=top - 28 * MM)
