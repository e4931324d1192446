"""Words of messages changed by administrators: they can never break a message, tell a bystander or change the past."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from portal import mail
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import frame, kinds, looks, patterns, rewording, sender, tasks, wording_rules
from portal.reminders.models import Delivery, Wording
from tests import people
from tests.at_once.rivals import at_once
from tests.reminders.kinds import NOON, THINGS, plan
from tests.reminders.test_mail import Words

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
PATTERN = patterns.Pattern(
    code="tests.worded",
    about="A call of the tests",
    parts={
        "subject": "Your call is coming up",
        "lead": "Your call is coming up, %(name)s",
        "line": "It is on %(day)s, with %(who)s.",
        "action_label": "Open it",
        "question": "Have you signed the form?",
        "question_hint": "The one Theo sent.",
    },
    examples={"name": "Alex", "day": "Friday", "who": "Sam"},
)
GOOD = {
    "subject": "Soon: your call",
    "lead": "It is nearly time, {name}",
    "line": "With {who}, on {day}. <b>Bring</b> tea & “biscuits”.",
    "action_label": "Have a look",
    "question": "Is the form signed?",
    "question_hint": "Theo sent it.",
}


def _words(rows, reader, now):
    named = {"name": reader.called, "day": "Monday", "who": "Joanne {name}"}
    return {row.pk: kinds.say(PATTERN, named, path=f"/things/{row.about_id}/") for row in rows}


KIND = kinds.Kind(
    "tests.worded",
    kinds.REMINDER,
    "About a call",
    lambda rows, now: {row.pk for row in rows if THINGS.versions.get(row.about_id) == row.version},
    _words,
    lambda row: "You asked for it.",
    answer=lambda row, choice, by: None,
    patterns=(PATTERN,),
)


@pytest.fixture(autouse=True)
def worded_kind(own_kinds):
    kinds.register(KIND)
    yield
    kinds.forget(KIND.code)
    patterns.forget(PATTERN.code)


@pytest.fixture
def mara(db):
    return Actor.person(people.person("mara"))


def reword(mara, seen=0, **changes):
    return rewording.reword(PATTERN, GOOD | changes, language="en", seen=seen, by=mara)


def sent(smtp_sink):
    return [mail.read(message.as_bytes()) for message in smtp_sink.messages]


def test_an_administrators_words_go_out_in_both_parts_as_text(clock, rosa, mara, smtp_sink):
    reword(mara)
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    [kept] = sent(smtp_sink)
    assert kept.subject == "Soon: your call"
    line = "With Joanne {name}, on Monday. <b>Bring</b> tea & “biscuits”."  # what stands in is not filled once more
    assert f"It is nearly time, Rosa\n\n{line}" in kept.plain.replace("\r", "")
    assert "&lt;b&gt;Bring&lt;/b&gt; tea &amp; “biscuits”" in kept.html
    assert "Is the form signed?" in kept.plain


def test_a_gap_leaves_no_double_space_and_a_time_stays_together():
    filled = patterns.fill("{where} At {time}. {next}", {"where": "", "time": "2:30\N{NO-BREAK SPACE}pm", "next": ""})
    assert filled == "At 2:30\N{NO-BREAK SPACE}pm."


def test_ours_stay_for_a_language_without_words_of_its_own(clock, rosa, mara, smtp_sink):
    rewording.reword(PATTERN, GOOD, language="qps", seen=0, by=mara)
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    assert sent(smtp_sink)[0].subject == "Your call is coming up"


def test_the_sentences_around_a_message_change_in_every_one(clock, rosa, mara, smtp_sink):
    parts = frame.FRAME.ours() | {"unwell": "Feeling bad? Ring your care team, or {emergency}."}
    rewording.reword(frame.FRAME, parts, language="en", seen=0, by=mara)
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    [kept] = sent(smtp_sink)
    assert "Feeling bad? Ring your care team, or [" in kept.plain
    assert "Feeling bad? Ring your care team, or [" in kept.html


BROKEN = {
    "unknown placeholder": ("line", "On {day} with {who} and {secret}.", "{secret}"),
    "placeholder left out": ("line", "With {who}.", "{day} has to stay"),
    "half a placeholder": ("lead", "Hello {name", "Curly brackets"),
    "a dotted placeholder": ("lead", "Hello {name.password}", "Curly brackets"),
    "a placeholder of code": ("lead", "Hello %(name)s", "Curly brackets"),
    "nothing": ("question", "  ", "Write something"),
    "a second line": ("subject", "Hello\r\nBcc: all@example.org", "one line"),
    "a line end of another alphabet": ("subject", "Hello\u2028there", "one line"),
    "text turned around": ("lead", "Hello \u202egnp.exe", "one line"),
    "a backslash": ("lead", "Hello \\n", "Curly brackets"),
    "an illness": ("subject", "About your Cancer", "“cancer” tells"),
    "a link": ("line", "{day} {who}: see https://example.org/x", "No addresses"),
    "a bare address": ("lead", "See evil.example now", "No addresses"),
    "a mail address": ("lead", "Write to a@b", "No addresses"),
    "too long a subject": ("subject", "x" * 61, "Too long"),
    "too long once filled": ("lead", "x" * 85 + "{who}{who}", "Too long"),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_words_that_could_break_or_tell_are_refused_in_words(mara, case):
    part, words, told = case
    with pytest.raises(Refused) as no:
        reword(mara, **{part: words})
    assert list(no.value.extra["problems"]) == [part]
    assert told in no.value.extra["problems"][part]
    assert not Wording.objects.exists()
    assert not Event.objects.filter(verb__startswith="wording.").exists()


def test_a_part_that_is_not_there_is_refused(mara):
    with pytest.raises(Refused):
        reword(mara, footer="Hello")


def test_words_too_long_for_a_text_message_are_refused(mara):
    with pytest.raises(Refused) as no:
        reword(mara, lead="ø" * 40 + "ł" * 40)  # in such letters a text holds 70
    assert "text message" in no.value.extra["problems"]["lead"]


@pytest.mark.parametrize("parts", [[], "words", {"lead": "two\nlines"}, {"lead": "a\x01b"}, {"lead": "\\"}])
def test_the_database_refuses_what_could_break_a_header(parts, mara):
    with pytest.raises(IntegrityError), transaction.atomic():
        Wording.objects.create(code="x", language="en", version=1, parts=parts, from_at=NOON, changed_by=mara.user)


def test_our_own_words_pass_the_same_rules():
    for pattern in patterns.all_patterns():
        for language in ("en", "qps"):
            with translation.override(language):
                ours = pattern.ours()
            with translation.override("en"):  # what is wrong with them is said in words that are known here
                found = wording_rules.problems(pattern, ours)
            assert language != "en" or found == {}, pattern.code
            assert not [sentence for sentence in found.values() if "Too long" not in sentence]


def test_a_message_that_was_sealed_or_sent_keeps_its_words(clock, rosa, mara, smtp_sink):
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    before = Delivery.objects.get()
    reword(mara)
    clock.shift(HOUR)
    assert sender.run() == 0
    after = Delivery.objects.get()
    assert (after.body, after.subject) == (before.body, before.subject)
    assert len(smtp_sink.messages) == 1


def test_sealed_words_that_may_have_gone_out_go_again_as_they_are(clock, rosa, mara, smtp_sink):
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.gathering.gather(NOON)
    sender.claim_some(NOON)  # and its sender dies
    reword(mara)
    clock.shift(HOUR)
    sender.run()
    assert sent(smtp_sink)[0].subject == "Your call is coming up"


def test_stored_words_that_no_longer_fit_give_way_to_ours_and_are_seen(clock, rosa, mara, smtp_sink):
    Wording.objects.create(
        code=PATTERN.code, language="en", version=1, parts=GOOD | {"line": "On {day} at {clinic_door}."},
        from_at=NOON, changed_by=mara.user,
    )  # fmt: skip
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    assert sent(smtp_sink)[0].subject == "Your call is coming up"
    html = page(mara).content.decode()
    assert "some of your words no longer fit" in html
    assert "No longer fits: ours go out" in html
    assert "These words no longer fit" in page(mara, PATTERN.code).content.decode()


def test_administrators_are_told_once_of_words_that_no_longer_fit(clock, mara, smtp_sink):
    Wording.objects.create(
        code=PATTERN.code, language="en", version=1, parts={"lead": "Hello"}, from_at=NOON, changed_by=mara.user
    )
    for _turn in range(3):
        assert tasks.look_at_wordings() == 1
        sender.run()
        clock.shift(dt.timedelta(days=1))
    [kept] = sent(smtp_sink)
    assert kept.subject == "Words of a message need you"
    assert kept.to == mara.user.email


def test_they_are_not_told_of_words_put_right_meanwhile(clock, mara, smtp_sink):
    Wording.objects.create(
        code=PATTERN.code, language="en", version=1, parts={"lead": "Hello"}, from_at=NOON, changed_by=mara.user
    )
    tasks.look_at_wordings()
    reword(mara, seen=1)
    clock.shift(dt.timedelta(days=1))
    assert sender.run() == 0


def test_words_of_a_message_that_is_gone_do_no_harm(clock, rosa, mara, smtp_sink):
    Wording.objects.create(code="tests.gone", language="en", version=1, parts=GOOD, from_at=NOON, changed_by=mara.user)
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    assert sender.run() == 1
    assert page(mara).status_code == 200


def test_only_administrators_change_words(mara):
    for who in ("theo", "joanne", "rosa"):
        with pytest.raises(Refused):
            rewording.reword(PATTERN, GOOD, language="en", seen=0, by=Actor.person(people.person(who)))
        with pytest.raises(Refused):
            rewording.go_back(PATTERN, 0, language="en", seen=0, by=Actor.person(people.person(who)))


def test_each_change_is_a_version_and_a_line_of_history_without_words(mara):
    first, second = reword(mara), reword(mara, seen=1, subject="Soon!")
    assert (first.version, second.version) == (1, 2)
    lines = Event.objects.filter(verb="wording.changed").order_by("at", "id")
    assert [line.about_id for line in lines] == [str(first.pk), str(second.pk)]
    assert "Soon" not in str(lines.values())


def test_the_same_press_twice_is_one_version(mara):
    assert reword(mara) == reword(mara)
    assert Wording.objects.count() == 1


def test_back_to_an_earlier_version_and_to_ours(clock, rosa, mara, smtp_sink):
    reword(mara)
    reword(mara, seen=1, subject="Soon!")
    third = rewording.go_back(PATTERN, 1, language="en", seen=2, by=mara)
    assert (third.version, third.parts) == (3, GOOD)
    assert rewording.go_back(PATTERN, 0, language="en", seen=3, by=mara).parts == {}
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    assert sent(smtp_sink)[0].subject == "Your call is coming up"
    assert Event.objects.filter(verb="wording.taken_back").count() == 1


def test_our_own_words_typed_in_are_ours_again(mara):
    reword(mara)
    assert rewording.reword(PATTERN, PATTERN.ours(), language="en", seen=1, by=mara).parts == {}


def test_the_second_of_two_administrators_sees_the_firsts_words_first(mara):
    reword(mara)
    response = press(mara, GOOD | {"subject": "Later!", "seen": 0})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed these words" in html
    assert "Soon: your call" in html  # theirs
    assert 'value="Later!"' in html  # what was typed stays
    assert 'name="seen" value="1"' in html
    assert press(mara, GOOD | {"subject": "Later!", "seen": 1}).status_code == 302


def page(mara, code=""):
    path = reverse("reminders:wording", args=[code]) if code else reverse("reminders:wordings")
    return people.browser(mara.user).get(path)


def press(mara, fields):
    path = reverse("reminders:wording", args=[PATTERN.code])
    return people.browser(mara.user).post(path, {"language": "en", **fields})


def test_the_preview_shows_mail_text_and_page_and_saves_nothing(mara):
    response = press(mara, GOOD | {"seen": 0, "look": "1"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "It is nearly time, Alex" in html
    assert "RS office: It is nearly time, Alex." in html
    assert "&lt;b&gt;Bring&lt;/b&gt;" in html
    assert "Is the form signed?" in html
    assert not Wording.objects.exists()
    assert not Delivery.objects.exists()


def test_the_preview_is_the_very_mail_that_goes(clock, rosa, mara, smtp_sink):
    reword(mara)
    plan("tests.worded", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    [kept] = sent(smtp_sink)
    look = looks.look(PATTERN, GOOD, "en").mail
    assert look.subject == kept.subject
    assert len(look.plain.splitlines()) == len(kept.plain.splitlines())


def test_the_preview_leaves_nothing_of_the_mail_out(mara):
    """Word for word what a reader has, but for the addresses under the buttons."""
    rewording.reword(frame.FRAME, frame.FRAME.ours() | {"pause": "Take a break"}, language="en", seen=0, by=mara)
    html = press(mara, GOOD | {"seen": 0, "look": "1"}).content.decode()
    shown = Words(html.partition("rs-look--mail")[2].partition(">")[2].partition("<details")[0]).all()
    mailed = re.sub(r" https?://\S+", "", Words(looks.look(PATTERN, GOOD, "en").mail.html).all())
    assert shown == mailed


def test_a_refused_wording_is_shown_with_what_was_typed(mara):
    response = press(mara, GOOD | {"seen": 0, "line": "No day here, {who}"})
    assert response.status_code == 422
    assert "{day} has to stay" in response.content.decode()
    assert "No day here, {who}" in response.content.decode()


@pytest.mark.full
def test_every_wording_can_be_opened_and_seen(mara):
    for pattern in patterns.all_patterns():
        html = page(mara, pattern.code).content.decode()
        assert "How it looks" in html, pattern.code


@pytest.mark.parametrize("fields", [{"version": "x"}, {"version": "0"}, {"version": "-1", "seen": "0"}, {}])
def test_a_way_back_that_was_made_up_is_not_found(mara, fields):
    path = reverse("reminders:take_back", args=[PATTERN.code])
    assert people.browser(mara.user).post(path, fields).status_code == 404
    assert people.browser(mara.user).get(reverse("reminders:wording", args=["no.such"])).status_code == 404
    assert people.browser(mara.user).get("/staff/wordings/?language=xx").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_saved_and_the_other_told(own_kinds):
    mara = Actor.person(people.person("mara"))
    outcomes = at_once(*(lambda words=words: reword(mara, subject=words) for words in ("One", "Two")))
    assert [each.error.code for each in outcomes if each.error] == ["state"]
    assert [each.result.version for each in outcomes if each.result] == [1]
    assert Wording.objects.count() == 1
