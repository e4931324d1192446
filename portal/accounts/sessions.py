"""How long a sign-in lasts. Real time throughout: backstage's clock ends nobody's session."""

import datetime as dt
import json
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from portal.accounts import rules
from portal.accounts.models import User
from portal.actors import client_address
from portal.clock import real_now

SIGNED_IN, SEEN, KEPT, CHECKED = "signed_in_at", "seen_at", "is_kept", "checked_at"
ZONE_ASKED = "zone_asked"  # whether this sign-in was asked about another zone
WANTS_TO_STAY = "wants_to_stay"  # ticked on the sign-in page, before anybody is signed in
CODES_LAST = dt.timedelta(hours=1)  # longer than any code
LONGEST_AGENT = UserSession._meta.get_field("user_agent").max_length
LOOK_EVERY = dt.timedelta(seconds=30)  # how exactly "last seen" is kept; spares a write per request


def begin(request: HttpRequest) -> None:
    """Right after signing in: the clocks of this session start. Staff sessions are never kept.

    A session that was opened without it (a test's `force_login`) begins with its first request.
    """
    now = real_now().timestamp()
    user: Any = request.user
    wants = bool(request.session.pop(WANTS_TO_STAY, False))
    is_kept = wants and not user.role
    request.session.update({SIGNED_IN: now, SEEN: now, CHECKED: now, KEPT: is_kept})
    request.session.set_expiry(rules.KEPT_AT_MOST if is_kept else 0)
    UserSession.objects.create_from_request(request)


def stay_of(request: HttpRequest) -> rules.Stay:
    """The session's clocks."""
    user: Any = request.user
    if SIGNED_IN not in request.session:
        begin(request)
    return rules.Stay(
        is_staff=bool(user.role),
        is_kept=bool(request.session.get(KEPT)),
        signed_in_at=_instant(request, SIGNED_IN),
        seen_at=_instant(request, SEEN),
    )


def seen(request: HttpRequest, now: dt.datetime) -> None:
    """The person did something. Their list of sessions learns of it as often, not at every request."""
    if now - _instant(request, SEEN) >= LOOK_EVERY:
        request.session[SEEN] = now.timestamp()
        device = {"ip": client_address(request), "user_agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT]}
        known = UserSession.objects.filter(session_key=request.session.session_key, user=request.user.pk)
        if not known.update(last_seen_at=now, **device):
            UserSession.objects.create_from_request(request)


def seconds_left(request: HttpRequest) -> int:
    """Whole seconds until this session is over if nothing more happens."""
    return max(0, int((rules.ends_at(stay_of(request)) - real_now()).total_seconds()))


def is_checked(request: HttpRequest, lasts: dt.timedelta) -> bool:
    """Whether the person showed within this time that it is them: by signing in or by a check since."""
    records = get_authentication_records(request, request.user)
    shown = [record["at"] for record in records if record.get("reauthenticated")]
    latest = max([request.session.get(CHECKED, 0.0), *shown])
    return real_now() - dt.datetime.fromtimestamp(latest, dt.UTC) < lasts


def showed_second_step(request: HttpRequest, lasts: dt.timedelta) -> bool:
    """Whether a passkey or a code of an app was shown within this time, at sign-in or since: a mailed code is none."""
    since = (real_now() - lasts).timestamp()
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" and record["at"] > since for record in records)


def checked(request: HttpRequest, method: str) -> None:
    """The person just showed that it is them; allauth's own pages are told as well."""
    request.session[CHECKED] = real_now().timestamp()
    record_authentication(request, request.user, method=method, reauthenticated=True)


def end_others(request: HttpRequest) -> None:
    """Sign the person out everywhere but here."""
    end_all(request.user, but=request.session.session_key)  # type: ignore[arg-type]


def are_open(user: User) -> bool:
    """Whether a person is signed in anywhere."""
    return UserSession.objects.filter(user=user).exists()


def end_all(user: User, *, but: str | None = None) -> None:
    """Sign a person out everywhere, at once."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but or ""):
        session.end()


def forget_codes(person: User, address: str) -> None:
    """End what waits for a code that was mailed to an address which is no longer theirs: sign-in, new password."""
    written_since = real_now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE) - CODES_LAST
    for row in Session.objects.filter(expire_date__gte=written_since):
        waiting = json.dumps({key: value for key, value in row.get_decoded().items() if key.startswith("account_")})
        if str(person.pk) in waiting or address.lower() in waiting.lower():
            row.delete()


def _instant(request: HttpRequest, name: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(request.session.get(name, 0.0), dt.UTC)
