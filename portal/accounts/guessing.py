"""Guessing at an account: passwords and codes that may be wrong are counted before they are judged.

Counted for the account itself, however its address is spelt and under whichever of its addresses; no client has more
than half of an account's tries, so that a guesser alone keeps nobody out. In PostgreSQL, whatever becomes of Redis.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from allauth.account.internal.userkit import filter_users_by_email
from django.core.cache import cache
from django.http import HttpRequest

from portal import tries
from portal.accounts.models import User
from portal.actors import Actor, client_address
from portal.history.actions import record
from portal.tries import Limit

MINUTES_5, HOUR, DAY = 300, 3600, 86_400
AT_ACCOUNT, OF_CLIENT_AT_ACCOUNT, OF_CLIENT = 10, 5, 30  # within five minutes
# By somebody who has the password or the mailbox already: an app's code has a million values.
SECOND_STEPS_A_DAY, SECOND_STEPS_OF_CLIENT_A_DAY = 40, 20
CODES_OF_CLIENT_A_MINUTE, CODES_OF_CLIENT_AN_HOUR, CODES_AN_HOUR = 3, 10, 30  # mailed to one address


def whom(address: str) -> str:
    """The account of an address, by its id; an address without one, as it would be compared."""
    user = account_of(address)
    return whose(user) if user else _digest(unicodedata.normalize("NFKC", address).casefold().strip())


def account_of(address: str) -> User | None:
    """Whose address this is, under all its spellings; second addresses of an account count, too."""
    found = filter_users_by_email(address, prefer_verified=True, for_login=True) if address else []
    return min(found, key=whose, default=None)


def whose(user: User | Any) -> str:
    return str(user.pk)


def may_try(request: HttpRequest, account: str, *, is_second_step: bool = False) -> bool:
    """Whether one more password or code may be judged; it counts as wrong until `was_right`."""
    if tries.may_under_all(_limits(request, account, is_second_step=is_second_step)):
        return True
    _tell_of_too_many(request, account)
    return False


def _tell_of_too_many(request: HttpRequest, account: str) -> None:
    """On the account's record, once in five minutes: however many come, they do not fill it."""
    if tries.may_once_more(f"told-of-too-many:{account}", 1, MINUTES_5) and (user := _of_id(account)):
        by = Actor("anonymous", address=client_address(request))
        record(by, "account.refused", user, patient=user.own_record, why="too_many")


def _of_id(account: str) -> User | None:
    try:
        return User.objects.filter(pk=UUID(account)).first()
    except ValueError:  # an address that nobody has
        return None


def was_right(request: HttpRequest, account: str, *, is_second_step: bool = False) -> None:
    """What was tried last was no guess. A right second step begins the day's count anew."""
    tries.take_back(_limits(request, account, is_second_step=is_second_step))
    if is_second_step:
        passed_second_step(request, account)


def passed_second_step(request: HttpRequest, account: str) -> None:
    """By a code or a passkey: what others did wrong today no longer stands in the way; they stay counted."""
    tries.forget(_second_steps(request, account))


def are_second_steps_used_up(request: HttpRequest, account: str) -> bool:
    """Whether it is the day's tries that are used up, not those of five minutes."""
    return tries.is_one_reached(_second_steps(request, account))


def begin_second_steps_anew(account: str) -> None:
    """For every client: the second step that was guessed at is gone."""
    cache.set(_since(account), f":{uuid4().hex}", DAY)  # no older count lasts longer


def proved_mailbox(request: HttpRequest, account: str) -> None:
    """A new password was set by a code from the mailbox: this account is counted anew, its clients are not."""
    tries.forget(_limits(request, account)[1:])


def may_ask_for_code(request: HttpRequest, account: str) -> bool:
    """Whether one more code may go to a mailbox: few for each client, so that none uses up those of the others."""
    client = tries.client_of(client_address(request))
    return tries.may_under_all(
        [
            (f"codes:{account}:{client}", CODES_OF_CLIENT_A_MINUTE, 60),
            (f"codes:{account}:{client}", CODES_OF_CLIENT_AN_HOUR, HOUR),
            (f"codes:{account}", CODES_AN_HOUR, HOUR),
        ]
    )


def _limits(request: HttpRequest, account: str, *, is_second_step: bool = False) -> Sequence[Limit]:
    client = tries.client_of(client_address(request))
    limits = [
        (f"guesses:of:{client}", OF_CLIENT, MINUTES_5),
        (f"guesses:at:{account}:{client}", OF_CLIENT_AT_ACCOUNT, MINUTES_5),
        (f"guesses:at:{account}", AT_ACCOUNT, MINUTES_5),
    ]
    return [*limits, *_second_steps(request, account)] if is_second_step else limits


def _second_steps(request: HttpRequest, account: str) -> Sequence[Limit]:
    client, what = tries.client_of(client_address(request)), f"second-steps:{account}{cache.get(_since(account), '')}"
    return [(what, SECOND_STEPS_A_DAY, DAY), (f"{what}:{client}", SECOND_STEPS_OF_CLIENT_A_DAY, DAY)]


def _since(account: str) -> str:
    return f"second-steps-since:{account}"


def _digest(address: str) -> str:
    """Keys of the cache hold nobody's address."""
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
