"""Keeps the tests on this machine: any other address is refused with the reason."""

import ipaddress
import socket

HERE = {"", "localhost", "0.0.0.0", "::"}  # noqa: S104 -- compared, not listened on


class LeavesTheMachine(Exception):
    """A test tried to reach another machine."""


def is_here(host) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host is None or host in HERE or host == socket.gethostname():
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def block(monkeypatch) -> None:
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
            raise LeavesTheMachine(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    def look_up_here(host, *args, **kwargs):
        if not is_here(host):
            raise LeavesTheMachine(f"A test tried to look up {host}.")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
