"""The gateway of text messages: what its answers mean, what fits on a phone."""

import socket

import pytest

from portal import mail, texting
from tests.text_gateway import TOKEN


def test_one_post_with_number_words_key_and_token(gateway):
    texting.send("Your call is tomorrow.", "+14165550134", "key-1")

    [(key, said, headers)] = gateway.posts
    assert (key, said) == ("key-1", {"to": "+14165550134", "text": "Your call is tomorrow."})
    assert headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 409])
def test_a_yes_or_a_key_it_knows_is_a_yes(gateway, status):
    gateway.answers = [status]
    texting.send("Hello", "+14165550134", "key-1")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, mail.AddressRefused),
        (410, mail.AddressRefused),
        (422, mail.AddressRefused),
        (408, mail.Deferred),
        (429, mail.Deferred),
        (503, mail.Deferred),
        (500, mail.Unsure),
        (502, mail.Unsure),
        (504, mail.Unsure),
        (302, texting.GatewayAway),
        (401, texting.GatewayAway),
        (403, texting.GatewayAway),
        (404, texting.GatewayAway),
        (None, mail.Unsure),  # the line drops after it was handed over
    ],
)
def test_every_other_answer_has_its_meaning(gateway, status, error):
    gateway.answers = [status]
    with pytest.raises(error) as raised:
        texting.send("Your call is tomorrow.", "+14165550134", "key-1")
    assert type(raised.value) is error
    assert "5550134" not in str(raised.value)


def test_a_redirect_is_not_followed(gateway):
    gateway.answers = [307]
    with pytest.raises(texting.GatewayAway):
        texting.send("Hello", "+14165550134", "key-1")
    assert len(gateway.posts) == 1


def test_nobody_listening_is_away_and_surely_not_taken(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.TEXT_GATEWAY_URL = f"http://127.0.0.1:{port}/"
    with pytest.raises(texting.GatewayAway) as raised:
        texting.send("Hello", "+14165550134", "key-1")
    assert raised.value.is_sure


def test_without_a_gateway_it_is_off(settings):
    settings.TEXT_GATEWAY_URL = ""
    assert not texting.is_on()


def test_typed_quotes_and_spaces_become_letters_of_a_phone():
    typed = "Theo’s “call” – at 2:30\N{NO-BREAK SPACE}pm…\n soon"

    assert texting.plain(typed) == 'Theo\'s "call" - at 2:30 pm... soon'


@pytest.mark.parametrize(
    ("words", "is_one"),
    [("a" * 160, True), ("a" * 161, False), ("€" * 80, True), ("€" * 81, False), ("王" * 70, True), ("王" * 71, False)],
)
def test_one_message_holds_160_plain_letters_or_70_others(words, is_one):
    assert texting.fits(words) is is_one
