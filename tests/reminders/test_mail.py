"""What a message carries: the same in both parts, links only to us, nothing that tells a bystander."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings

from portal import mail
from portal.reminders import kinds, rules, sender
from portal.reminders.emails import discreet
from portal.reminders.models import Delivery
from portal.texts.words import text
from tests.reminders.kinds import NOON, plan

HOUR = dt.timedelta(hours=1)


class Words(HTMLParser):
    """The words and links of an HTML mail, as a reader has them."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.sources, self.inside = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.inside = tag
        self.links += [named["href"]] if tag == "a" else []
        self.sources += [named[name] for name in ("src", "background", "srcset") if name in named]
        # A link's address stands behind its label in the plain part.
        self.pending = named.get("href", "") if tag == "a" else self.pending if tag == "span" else ""

    def handle_endtag(self, tag):
        if tag == "a":
            self.words.append(self.pending)
        self.inside = ""

    def handle_data(self, found):
        if self.inside not in ("style", "title"):
            self.words.append(found)

    def all(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def message(clock, rosa, smtp_sink):
    """A gathered message with a question and two more things."""
    for kind in ("tests.form", "tests.call", "tests.call"):
        plan(kind, rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    [found] = smtp_sink.messages
    return found


def parts(message):
    return message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()


@pytest.mark.django_db
def test_plain_and_html_say_the_same(message):
    plain, html = parts(message)
    assert " ".join(plain.split()) == Words(html).all()


@pytest.mark.django_db
def test_it_says_the_time_in_the_readers_zone_and_names_it(clock, grace, smtp_sink):
    plan("tests.booked", grace, due_at=NOON, useful_until=dt.datetime(2026, 11, 17, 18, 30, tzinfo=dt.UTC))
    sender.run()
    plain, _html = parts(smtp_sink.messages[0])
    assert "Tuesday, November 17 at 11:30\N{NO-BREAK SPACE}am, Pacific Time" in plain


@pytest.mark.django_db
def test_links_lead_only_to_us(message):
    plain, html = parts(message)
    links = set(Words(html).links) | set(re.findall(r"https?://\S+", plain))
    assert links
    assert all(link.startswith(django_settings.PORTAL_ORIGIN + "/") for link in links)
    paths = sorted(
        re.sub(r"[\w-]{46}|[0-9a-f-]{36}", "…", link.removeprefix(django_settings.PORTAL_ORIGIN)) for link in links
    )
    assert paths == [
        "/a/…/?answer=call", "/a/…/?answer=done", "/a/…/?answer=not_yet", "/home/", "/pause/…/", "/things/…/"
    ]  # fmt: skip


@pytest.mark.django_db
def test_nothing_in_it_tracks_whether_it_was_opened(message):
    _plain, html = parts(message)
    assert Words(html).sources == []
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.django_db
def test_the_scope_and_a_phone_stand_in_each_message(message):
    plain, _html = parts(message)
    assert text("scope_short", "en").body in " ".join(plain.split())
    assert "[our phone number]" in plain


@pytest.mark.django_db
def test_headers_let_mail_programs_pause_and_keep_robots_quiet(message):
    assert message["From"] == "RS office <office@example.org>"
    assert re.fullmatch(r"<http\S+/pause/[\w-]{46}/>", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_an_answer_has_no_pause_and_may_carry_the_calendar_file(clock, rosa, smtp_sink):
    plan("tests.booked", rosa, due_at=NOON)
    sender.run()
    [message] = smtp_sink.messages
    assert message["List-Unsubscribe"] is None
    [calendar] = message.iter_attachments()
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert calendar.get_payload(decode=True).startswith(b"BEGIN:VCALENDAR\r\n")


def test_nothing_but_a_calendar_file_can_be_attached():
    with pytest.raises(ValueError, match="calendar"):
        kinds.Attachment("plan.pdf", "application/pdf", b"")


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"])
def test_a_message_cannot_link_elsewhere(path):
    with pytest.raises(ValueError, match="links only to us"):
        kinds.Words(subject="Hello", lead="Hello", path=path)


def test_a_telling_subject_is_replaced():
    assert discreet("Your biopsy report") == "A note for you"
    assert discreet("Your call is tomorrow") == "Your call is tomorrow"


@pytest.mark.django_db
def test_labels_of_all_kinds_are_discreet():
    assert {kind.code: rules.clinical_words(str(kind.label)) for kind in kinds.all_kinds()} == {
        kind.code: [] for kind in kinds.all_kinds()
    }


@pytest.mark.parametrize(
    "evil",
    ["Hello\r\nBcc: thief@example.org", "Hello\nX: y", "Hello\x00\x0b there", "Hello\u2028Bcc: x", "é" * 500],
)
def test_no_text_makes_a_second_header(evil):
    raw = mail.compose(
        mail.Mail(
            to="rosa@example.org", subject=evil, plain="Hello", html="<p>Hello", sender_name=evil,
            message_id="<x@example.org>", at=NOON, headers={"X-Reminder-Key": evil},
        )
    )  # fmt: skip
    kept = mail.read(raw)
    assert set(kept.headers) == {"Message-ID", "Auto-Submitted", "X-Reminder-Key"}
    assert raw.isascii()


@pytest.mark.parametrize("to", ["", "no-at-sign", "a@b\r\nBcc: c@d", "Rosa <rosa@example.org>", "ré@example.org"])
def test_what_is_no_plain_address_is_refused(to):
    with pytest.raises(mail.AddressRefused):
        mail.compose(mail.Mail(to=to, subject="", plain="", html="", sender_name="RS", message_id="<x@y.org>", at=NOON))


def test_files_of_development_are_whole_and_newest_first(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "portal.mail.FolderBackend", tmp_path / "mail"
    for number in range(3):
        raw = mail.compose(
            mail.Mail(
                to="rosa@example.org", subject=f"Number {number} é", plain="plain\n", html="<p>html</p>\n",
                sender_name="RS office", message_id=f"<{number}@example.org>", at=NOON,
                attachments=(("call.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n"),),
            )
        )  # fmt: skip
        with mail.Line() as line:
            line.send(raw, "rosa@example.org")
    found = mail.kept()
    assert [message.subject for message in found] == ["Number 2 é", "Number 1 é", "Number 0 é"]
    assert (found[0].plain, found[0].html) == ("plain\n", "<p>html</p>\n")
    assert found[0].attachments == [("call.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n")]


def test_files_of_development_take_nothing_for_an_address_that_can_never_be(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "portal.mail.FolderBackend", tmp_path / "mail"
    with mail.Line() as line, pytest.raises(mail.AddressRefused, match="550"):
        line.send(b"", "rosa@example.invalid")
    assert mail.kept() == []


@pytest.mark.django_db
def test_a_message_in_the_made_up_language_is_whole(clock, rosa, smtp_sink):
    rosa.language = "qpr"
    rosa.save()
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    _plain, html = parts(smtp_sink.messages[0])
    assert 'lang="qpr" dir="rtl"' in html
    assert Delivery.objects.get().sent_at
