"""The light check by a code from the mailbox: sent, typed, counted. The session holds only a digest of the code."""

import datetime as dt
import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from portal.accounts import guessing, sessions
from portal.actors import Actor
from portal.clock import real_now
from portal.errors import Refused
from portal.history.actions import record
from portal.vault.keys import derive

STATE = "check_code"
LASTS = dt.timedelta(minutes=15)
TRIES = 5
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def ways(user: Any) -> dict[str, bool]:
    """How this person can show that it is them, besides a code by email."""
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {"password": user.has_usable_password(), "passkey": "webauthn" in types, "app": "totp" in types}


def is_sent(request: HttpRequest) -> bool:
    state = request.session.get(STATE)
    return state is not None and real_now().timestamp() < state["until"]


def send(request: HttpRequest) -> None:
    """Mail a fresh code. Raises Refused when asked for too often."""
    user: Any = request.user
    if not guessing.may_ask_for_code(request, guessing.whose(user)):
        raise Refused(_("That was often. Wait a few minutes, then try again."))
    code = "".join(secrets.choice(LETTERS) for _n in range(6))
    get_adapter(request).send_mail("account/email/login_code", user.email, {"code": f"{code[:3]}-{code[3:]}"})
    until = (real_now() + LASTS).timestamp()
    request.session[STATE] = {"digest": _digest(request, code), "until": until, "left": TRIES}


def pass_with(request: HttpRequest, typed: str) -> None:
    """Judge a typed code. Raises Refused with what to do; after five wrong ones a new code is needed."""
    account = guessing.whose(request.user)
    state = request.session.get(STATE)
    if not state or not is_sent(request) or state["left"] <= 0:
        request.session.pop(STATE, None)
        raise Refused(_("This code no longer works. Ask for a new one."))
    if not guessing.may_try(request, account):
        raise Refused(_("There were too many tries. Wait 5 minutes, then try again, or call us."))
    if not constant_time_compare(state["digest"], _digest(request, typed)):
        request.session[STATE] = state | {"left": state["left"] - 1}
        user: Any = request.user
        record(Actor.of(request), "account.refused", user, patient=user.own_record, why="code")
        raise Refused(_("That is not the code. Look again at the newest email, or ask for a new code."))
    guessing.was_right(request, account)
    del request.session[STATE]
    sessions.checked(request, "code")


def _digest(request: HttpRequest, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return derive("check-code", f"{request.user.pk}:{plain}".encode()).hex()
