"""An address that somebody typed leads to the open internet by https, or nowhere."""

import ssl

import pytest
from django.core.exceptions import ImproperlyConfigured

from bookings.outside import net
from bookings.outside.net import NotRead, Trouble, fetch, is_outside
from portal import checks
from tests.bookings.calendar_host import NAME, OPEN, Host, Network

ADDRESS = f"https://{NAME}/secret/token.ics?key=1"


@pytest.fixture
def host(settings):
    settings.OUTSIDE_NET = "tests.bookings.calendar_host.Network"
    made = Host()
    yield made
    made.stop()


def trouble(address=ADDRESS):
    with pytest.raises(NotRead) as no:
        fetch(address)
    assert "secret" not in repr(no.value)
    return no.value.trouble


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # noqa: S104
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "2001:db8::1", "localhost", "", "1",
        "0x7f000001",
    ],
)  # fmt: skip
def test_a_number_inside_is_refused(number):
    assert not is_outside(number)


@pytest.mark.parametrize("number", [OPEN, "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_a_number_outside_is_taken(number):
    assert is_outside(number)


def test_a_redirect_that_is_no_address_is_refused(host):
    host.answers(host.say(b"", status=302, Location="https://[::1/x"))
    assert trouble() == Trouble.ADDRESS


@pytest.mark.parametrize(
    "address",
    [
        f"http://{NAME}/", f"ftp://{NAME}/", "file:///etc/passwd", "https://", "https:///x", f"https://{NAME}:8443/",
        f"https://{NAME}:99999/", f"https://me:secret@{NAME}/", f"https://{NAME}/a b", f"https://{NAME}/\r\nHost: x",
        "https://[::1/", f"https://{NAME}/ü", "//x/y", "x", "", f"https://{NAME}/{'x' * 3000}", "gopher://x",
        f"https://{'a.' * 130}com/",
    ],
)  # fmt: skip
def test_what_is_no_https_address_is_never_asked(host, address):
    assert trouble(address) == Trouble.ADDRESS
    assert not Network.asked


def test_what_is_there_is_read(host):
    host.answers(host.say(b"BEGIN:VCALENDAR", ETag='"1"', Last_Modified="Mon, 09 Nov 2026 14:00:00 GMT"))
    found = fetch(ADDRESS)
    assert (found.content, found.etag) == (b"BEGIN:VCALENDAR", '"1"')
    path, headers = host.requests[0]
    assert (path, headers["Host"]) == ("/secret/token.ics?key=1", NAME)
    assert "If-None-Match" not in headers


def test_unchanged_nothing_comes(host):
    host.answers(host.say(b"", status=304))
    assert fetch(ADDRESS, etag='"1"', last_modified="Mon").is_unchanged
    _path, headers = host.requests[0]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "Mon")


@pytest.mark.parametrize("numbers", [["10.0.0.1"], [OPEN, "127.0.0.1"], ["::1"], ["169.254.169.254"]])
def test_a_name_that_leads_inside_is_not_dialed(host, numbers):
    Network.names[NAME] = [numbers]
    assert trouble() == Trouble.ADDRESS
    assert not Network.dialed


OPEN_6 = "2606:2800:220:1:248:1893:25c8:1946"


def test_a_number_that_leads_nowhere_is_followed_by_the_next(host):
    Network.names[NAME] = [[OPEN_6, OPEN]]
    Network.dead.add(OPEN_6)
    host.answers(host.say(b"BEGIN:VCALENDAR"))
    assert fetch(ADDRESS).content == b"BEGIN:VCALENDAR"
    assert Network.dialed == [OPEN_6, OPEN]
    assert Network.asked == [NAME]
    assert Network.given[0] <= net.LONGEST / 2  # so that the second has its time


def test_where_no_number_answers_it_is_out_of_reach_and_few_are_tried(host):
    numbers = [f"93.184.215.{last}" for last in range(1, 30)]
    Network.names[NAME] = [numbers]
    Network.dead.update(numbers)
    assert trouble() == Trouble.UNREACHABLE
    assert Network.dialed == numbers[: net.MOST_NUMBERS]


def test_one_number_inside_among_many_is_enough_to_dial_none(host):
    Network.names[NAME] = [[OPEN] * net.MOST_NUMBERS + ["10.0.0.1"]]
    assert trouble() == Trouble.ADDRESS
    assert not Network.dialed


def test_a_number_inside_is_not_dialed(host):
    for number in ("127.0.0.1", "[::1]", "169.254.169.254", "2130706433"):
        Network.names[number.strip("[]")] = [["127.0.0.1"]]
        assert trouble(f"https://{number}/") == Trouble.ADDRESS
    assert not Network.dialed


def test_a_redirect_leads_on_and_is_judged_anew(host):
    Network.names["elsewhere.example.org"] = [[OPEN]]
    there = host.say(b"BEGIN:VCALENDAR")
    host.answers(
        lambda handler: (
            there(handler)
            if handler.headers["Host"] == "elsewhere.example.org"
            else host.say(b"", status=302, Location="https://elsewhere.example.org/x")(handler)
        )
    )
    assert fetch(ADDRESS).content == b"BEGIN:VCALENDAR"
    assert Network.asked == [NAME, "elsewhere.example.org"]


@pytest.mark.parametrize(
    "to", ["https://inside.example.org/", "http://calendar.example.org/", "https://127.0.0.1/", "file:///etc/passwd"]
)
def test_a_redirect_inside_or_away_from_https_is_refused(host, to):
    Network.names["inside.example.org"] = [["10.0.0.7"]]
    Network.names["127.0.0.1"] = [["127.0.0.1"]]
    host.answers(host.say(b"", status=301, Location=to))
    assert trouble() == Trouble.ADDRESS
    assert Network.dialed == [OPEN]


def test_redirects_without_end_are_left(host):
    host.answers(host.say(b"", status=302, Location="/again"))
    assert trouble() == Trouble.LOOP
    assert len(host.requests) == net.MOST_STEPS


def test_a_name_that_turns_inside_a_moment_later_leads_nowhere_else(host):
    """The number that was judged is the one that is dialed: the name is asked once."""
    Network.names["turns.example.org"] = [[OPEN], ["127.0.0.1"]]
    host.answers(host.say(b"BEGIN:VCALENDAR"))
    assert fetch("https://turns.example.org/").content
    assert (Network.asked, Network.dialed) == (["turns.example.org"], [OPEN])


def test_too_much_is_left(host, monkeypatch):
    monkeypatch.setattr(net, "MOST_BYTES", 1000)
    host.answers(host.say(b"x" * 1001))
    assert trouble() == Trouble.TOO_BIG


def test_what_drips_is_cut_at_the_end_of_the_time(host, monkeypatch):
    monkeypatch.setattr(net, "LONGEST", 0.6)
    host.answers(host.drips)
    assert trouble() == Trouble.TOO_SLOW


def test_packed_answers_and_wrong_certificates_are_refused(host, monkeypatch):
    host.answers(host.say(b"x", Content_Encoding="gzip"))
    assert trouble() == Trouble.NO_CALENDAR
    monkeypatch.setattr(Network, "context", lambda self: ssl.create_default_context())
    assert trouble() == Trouble.UNREACHABLE


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
def test_a_no_is_a_no(host, status):
    host.answers(host.say(b"", status=status))
    assert trouble() == Trouble.REFUSED


def test_an_unknown_name_is_not_reached(host):
    assert trouble("https://nowhere.example.org/") == Trouble.UNREACHABLE


@pytest.mark.parametrize("where", ["production", "development"])
def test_only_tests_bring_a_network_of_their_own(settings, where):
    settings.OUTSIDE_NET = "tests.bookings.calendar_host.Network"
    settings.PORTAL_ENV, settings.IN_TESTS = where, False
    with pytest.raises(ImproperlyConfigured):
        net.net()
    assert [each.id for each in checks.network()] == ["portal.E020"]


def test_without_one_it_is_the_internet(settings):
    assert isinstance(net.net(), net.Internet)
