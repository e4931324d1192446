"""Fetches a calendar from an address that somebody typed: https only, and never from inside our own network.

A name is asked once for each step and the connection goes to the very numbers that were judged, so a name that answers
differently a moment later leads nowhere else. Each step of a redirect is judged anew. Nothing here is logged: an
address is a secret.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

PORT = 443
MOST_BYTES = 5 * 1024 * 1024
LONGEST = 15.0  # seconds for all steps together
MOST_STEPS = 4
MOST_NUMBERS = 6  # of one name that are tried
REDIRECTS = {301, 302, 303, 307, 308}
LONGEST_ADDRESS = 2000
LONGEST_HOST = 253


class Trouble(StrEnum):
    """Why nothing was read."""

    ADDRESS = "address"  # not https, or it leads inside a network
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # the other side says no
    TOO_BIG = "too_big"
    TOO_SLOW = "too_slow"
    LOOP = "loop"
    NO_CALENDAR = "no_calendar"
    TOO_MUCH = "too_much"  # more than can be worked out


class NotRead(Exception):
    """Nothing was read, and why. Never says from where."""

    def __init__(self, trouble: Trouble):
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True)
class Answer:
    """What came: the bytes, or that nothing changed since the last time."""

    content: bytes = b""
    etag: str = ""
    last_modified: str = ""
    is_unchanged: bool = False


class Net(Protocol):
    """The three things that touch the network. Tests bring their own; the judgment is never theirs."""

    def resolve(self, host: str) -> list[str]: ...
    def dial(self, address: str, seconds: float) -> socket.socket: ...
    def context(self) -> ssl.SSLContext: ...


class Internet:
    """The network itself."""

    def resolve(self, host: str) -> list[str]:
        found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(each[4][0]) for each in found))

    def dial(self, address: str, seconds: float) -> socket.socket:
        return socket.create_connection((address, PORT), timeout=seconds)

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def net() -> Net:
    """The network, or what a test put in its place. Refused in production."""
    if not settings.OUTSIDE_NET:
        return Internet()
    if not settings.IN_TESTS:
        raise ImproperlyConfigured("OUTSIDE_NET is for tests only.")
    return cast(Net, import_string(settings.OUTSIDE_NET)())


def is_outside(address: str) -> bool:
    """Whether a number is of the open internet. What carries another number inside is judged by that one, too."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        if any(number in network for network in INSIDE_6):
            return False
        carried = [number.ipv4_mapped, number.sixtofour, *(number.teredo or ())]
        if number in NAT64:
            carried.append(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
        return number.is_global and not number.is_multicast and all(is_outside(str(each)) for each in carried if each)
    return number.is_global and not number.is_multicast and not number.is_reserved


NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Unique local, link-local, site-local, the local form of NAT64 and the old form that carries an IPv4 number.
INSIDE_6 = [ipaddress.ip_network(each) for each in ("fc00::/7", "fe80::/10", "fec0::/10", "64:ff9b:1::/48", "::/96")]


def host_of(address: str) -> str:
    """The host of an address that may be asked; raises NotRead for every other."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or any(char.isspace() for char in address):
        raise NotRead(Trouble.ADDRESS)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as broken:
        raise NotRead(Trouble.ADDRESS) from broken
    host = (parts.hostname or "").rstrip(".")
    if (
        parts.scheme != "https"
        or not 0 < len(host) <= LONGEST_HOST
        or port not in (None, PORT)
        or parts.username
        or parts.password
    ):
        raise NotRead(Trouble.ADDRESS)
    return host


def fetch(address: str, *, etag: str = "", last_modified: str = "") -> Answer:
    """Read the calendar at this address. Raises NotRead with what stood in the way."""
    headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "remission-support"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    until, through = time.monotonic() + LONGEST, net()
    for _step in range(MOST_STEPS):
        found = _ask(through, address, headers, until)
        if isinstance(found, Answer):
            return found
        try:
            address = urljoin(address, found)
        except ValueError as broken:
            raise NotRead(Trouble.ADDRESS) from broken
    raise NotRead(Trouble.LOOP)


def _ask(through: Net, address: str, headers: Mapping[str, str], until: float) -> Answer | str:
    """One step: what came, or where it leads on."""
    host, parts = host_of(address), urlsplit(address)
    numbers = _judged(through, host)
    line: socket.socket | None = None
    bell: threading.Timer | None = None
    try:
        line = _dial(through, numbers, until)
        # One long wait after another could last for ever: at the end of the time the line is cut, whatever it does.
        bell = threading.Timer(_left(until), _cut, [line])
        bell.daemon = True
        bell.start()
        line = through.context().wrap_socket(line, server_hostname=host)
        bell.args = [line]
        line.settimeout(_left(until))
        asking = http.client.HTTPSConnection(host, timeout=_left(until))
        asking.sock = line
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asking.request("GET", path, headers=dict(headers))
        with contextlib.closing(asking.getresponse()) as came:
            return _answer(came, until)
    except (OSError, http.client.HTTPException, ValueError) as broken:
        raise NotRead(Trouble.TOO_SLOW if time.monotonic() >= until else Trouble.UNREACHABLE) from broken
    finally:
        if bell:
            bell.cancel()
        if line:
            line.close()


def _dial(through: Net, numbers: list[str], until: float) -> socket.socket:
    """A line to the first of these numbers that answers: a host may have one that leads nowhere from here. Each has its
    part of the time that is left.
    """
    for at, number in enumerate(numbers):
        try:
            return through.dial(number, _left(until) / (len(numbers) - at))
        except OSError:
            if at == len(numbers) - 1:
                raise
    raise NotRead(Trouble.UNREACHABLE)


def _judged(through: Net, host: str) -> list[str]:
    """The numbers to go to: every one that the name gives must be outside."""
    try:
        numbers = through.resolve(host)
    except (OSError, UnicodeError) as unknown:
        raise NotRead(Trouble.UNREACHABLE) from unknown
    if not numbers or not all(map(is_outside, numbers)):
        raise NotRead(Trouble.ADDRESS if numbers else Trouble.UNREACHABLE)
    return numbers[:MOST_NUMBERS]


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise NotRead(Trouble.TOO_SLOW)
    return left


def _answer(came: http.client.HTTPResponse, until: float) -> Answer | str:
    if came.status == 304:
        return Answer(is_unchanged=True)
    if came.status in REDIRECTS:
        return came.headers.get("Location") or ""
    if came.status != 200:
        raise NotRead(Trouble.REFUSED)
    if came.headers.get("Content-Encoding", "identity").lower() != "identity":  # a small answer may be a huge one
        raise NotRead(Trouble.NO_CALENDAR)
    content = b""
    while chunk := came.read1(65536):
        content += chunk
        if len(content) > MOST_BYTES:
            raise NotRead(Trouble.TOO_BIG)
        _left(until)
    if time.monotonic() >= until:  # cut short: half a calendar is none
        raise NotRead(Trouble.TOO_SLOW)
    if came.length:
        raise NotRead(Trouble.UNREACHABLE)
    return Answer(content, (came.headers.get("ETag") or "")[:200], (came.headers.get("Last-Modified") or "")[:100])
