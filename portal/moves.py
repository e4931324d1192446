"""One table says what may happen: `MOVES = {"cancel": Move({"booked"}, "cancelled", {"patient"})}`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.errors import Refused


@dataclass(frozen=True)
class Move:
    """A verb: from which states, to which one, by whom (roles in the case, or staff's roles, or system)."""

    sources: frozenset[str]
    target: str
    by: frozenset[str]

    def __init__(self, sources: Iterable[str], target: str, by: Iterable[str]):
        object.__setattr__(self, "sources", frozenset(sources))
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "by", frozenset(by))


def allowed(moves: Mapping[str, Move], state: str, role: str) -> list[str]:
    """The verbs that the table grants this role in this state: the page's buttons."""
    return [verb for verb, move in moves.items() if state in move.sources and role in move.by]


def check(moves: Mapping[str, Move], verb: str, state: str, role: str) -> str:
    """The state that the verb leads to. Raises Refused when the table does not grant it."""
    move = moves[verb]
    if role not in move.by:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if state not in move.sources:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    return move.target
