"""Text messages by a provider's HTTP gateway: one POST each, told apart by what it answers. Off without settings.

POST TEXT_GATEWAY_URL with `Authorization: Bearer …`, `Idempotency-Key: …` and {"to", "text"}; any 2xx is a yes.
"""

import http.client
import json
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from portal import mail

TIMEOUT = 20  # seconds, as for mail: a claim lasts longer
NUMBER_REFUSED = {400, 410, 422}
TAKEN_BEFORE = 409  # it knows the key: a sender that died had handed this very message over
LATER = {408, 425, 429, 503}

# GSM 03.38: a message of these letters holds 160, any other 70. Those of the second row count twice.
PLAIN = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = set("^{}\\[~]|€")
TYPED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\N{NO-BREAK SPACE}": " "}
)


class GatewayAway(mail.ServerAway):
    """The gateway does not answer, or does not know us: no other text would go either, but mail would."""


def is_on() -> bool:
    """Whether texts can be sent at all; without a gateway they are offered to nobody."""
    return bool(settings.TEXT_GATEWAY_URL)


def plain(words: str) -> str:
    """One line, in letters of a phone as far as that changes nothing a reader would miss."""
    return mail.one_line(words, 500).translate(TYPED)


def fits(words: str) -> bool:
    """Whether it goes as one message."""
    if set(words) <= PLAIN | DOUBLE:
        return len(words) + sum(letter in DOUBLE for letter in words) <= 160
    return len(words) <= 70


def send(words: str, to: str, key: str) -> None:
    """Hand one text over. Raises GatewayAway, or Deferred, AddressRefused or Unsure of portal.mail.

    The same key makes a second try harmless: the gateway sends a key once.
    """
    address = urlsplit(settings.TEXT_GATEWAY_URL)
    connection = _connection(address)
    try:
        connection.connect()
    except (OSError, ValueError) as error:
        connection.close()
        raise GatewayAway("no line to the gateway") from error
    try:
        status = _ask(connection, address, json.dumps({"to": to, "text": words}), key)
    except (OSError, http.client.HTTPException) as error:
        raise mail.Unsure("the gateway's line dropped") from error
    finally:
        connection.close()
    _judge(status)


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname or "", address.port, timeout=TIMEOUT)


def _ask(connection: http.client.HTTPConnection, address: SplitResult, body: str, key: str) -> int:
    headers = {
        "Authorization": f"Bearer {settings.TEXT_GATEWAY_TOKEN}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    place = (address.path or "/") + (f"?{address.query}" if address.query else "")
    connection.request("POST", place, body.encode(), headers)
    return connection.getresponse().status


def _judge(status: int) -> None:
    """Nothing for a yes. Redirects are not followed: the token is for this address alone."""
    if 200 <= status < 300 or status == TAKEN_BEFORE:
        return
    if status in NUMBER_REFUSED:
        raise mail.AddressRefused(f"the gateway said {status}")
    if status in LATER:
        raise mail.Deferred(f"the gateway said {status}")
    if status >= 500:
        raise mail.Unsure(f"the gateway said {status}")
    # Its address moved, or it does not know us: no other text would go either.
    raise GatewayAway(f"the gateway said {status}")
