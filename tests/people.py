"""The fixed cast of the tests, and how each of them comes to a browser."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from portal.accounts.models import User
from portal.vault import keys
from portal.vault.models import DataKey

PASSWORD = "a-long-quiet-river"

# name, email, role, zone. Rosa is the patient of the case that the tests walk around in.
CAST = {
    "rosa": ("Rosa Delgado", "rosa@example.org", "", "America/Toronto"),
    "grace": ("Grace Tanaka", "grace@example.org", "", "America/Vancouver"),
    "ama": ("Ama Osei", "ama@example.org", "", "America/Toronto"),
    "joanne": ("Joanne Pike", "joanne@example.org", "consultant", "America/Toronto"),
    "amir": ("Amir Haddad", "amir@example.org", "consultant", "America/Vancouver"),
    "vera": ("Vera Holm", "vera@example.org", "consultant", "America/Toronto"),  # reads along for Joanne
    "liv": ("Liv Sand", "liv@example.org", "consultant", "America/Toronto"),  # looks for an hour, urgently
    "odd": ("Odd Lien", "odd@example.org", "consultant", "America/Toronto"),  # Rosa's until a month after their call
    "theo": ("Theo Lindqvist", "theo@example.org", "coordinator", "America/Toronto"),
    "mara": ("Mara Okafor", "mara@example.org", "administrator", "America/Toronto"),
    "nils": ("Nils Berg", "nils@example.org", "consultant", "America/Toronto"),  # no second factor yet
    "ines": ("Inés Delgado", "ines@example.org", "", "America/Toronto"),  # helps Rosa, with all but private words
    "bea": ("Bea Lund", "bea@example.org", "", "America/Toronto"),  # helps Rosa with dates only
    "egon": ("Egon Falk", "egon@example.org", "", "America/Toronto"),  # helped Rosa until a week ago
    "dora": ("Dora Quist", "dora@example.org", "", "America/Toronto"),  # may not sign in any more
}

_listeners: list[set[str]] = []
_in_the_making: list[str] = []
_house_key: dict[str, Any] = {}


@contextmanager
def asked_for() -> Iterator[set[str]]:
    """The keys of everybody asked for within."""
    asked: set[str] = set()
    _listeners.append(asked)
    try:
        yield asked
    finally:
        _listeners.pop()  # by place: two that heard the same are equal


def are_being_made() -> bool:
    return bool(_in_the_making)


def house_key() -> bool:
    """Whether the house key is the one that the tests of this process share; made where there is none."""
    there = DataKey.objects.filter(purpose="house").values().first()
    if there:
        return there == _house_key
    if _house_key:
        DataKey.objects.create(**_house_key)
    else:
        keys.house_key()
        _house_key.update(DataKey.objects.values().get(purpose="house"))
    return True


def person(key: str) -> User:
    """The one of the cast with this key, made when first asked for, with the same id in each test."""
    for asked in _listeners:
        asked.add(key)
    name, email, role, zone = CAST[key]
    found = User.objects.filter(email=email).first()
    if found:
        return found
    _in_the_making.append(key)
    try:
        return _make(name, email, role, zone, has_second_factor=bool(role) and key != "nils")
    finally:
        _in_the_making.pop()


def _make(name: str, email: str, role: str, zone: str, *, has_second_factor: bool) -> User:
    house_key()
    user = User.objects.create_user(
        id=uuid.uuid5(uuid.NAMESPACE_DNS, email),
        email=email,
        password=PASSWORD,
        name=name,
        called=name.split()[0],
        role=role,
        time_zone=zone,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if has_second_factor:
        second_factor(user)
    return user


def second_factor(user: User) -> str:
    """Give a person an authenticator app and recovery codes, as setting one up does; answers its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    user.__dict__.pop("has_second_factor", None)
    return secret


def browser(user: User | None = None) -> Client:
    """A browser in which this person is signed in, as after the sign-in page."""
    client = Client()
    if user:
        client.force_login(user, backend="portal.accounts.backend.Backend")
    return client


def unverified() -> Client:
    """Someone in the middle of signing up, who has not typed the code from the mail yet."""
    client = Client()
    client.post("/accounts/signup/", {"email": "ulla@example.org", "privacy": "on"})
    return client


def disabled() -> Client:
    """Someone whose session is still in the browser, but who may not sign in any more."""
    dora = person("dora")
    client = browser(dora)
    dora.can_sign_in = False
    dora.save(update_fields=["can_sign_in"])
    return client
