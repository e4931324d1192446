"""Links that can be printed again: an HMAC of purpose, id and generation. Nothing to steal in a table."""

import base64
import hmac
from dataclasses import dataclass
from uuid import UUID

from portal.vault.keys import derive

MAC_BYTES = 16
TOKEN_LENGTH = 46


@dataclass(frozen=True)
class Link:
    """What a true token names."""

    id: UUID
    generation: int


def token(purpose: str, thing: UUID, generation: int) -> str:
    """The token of a link. Raising the generation makes every earlier one false."""
    named = thing.bytes + generation.to_bytes(2, "big")
    return base64.urlsafe_b64encode(named + _mac(purpose, named)).decode().rstrip("=")


def read(purpose: str, given: str) -> Link | None:
    """What a token names, or None when it was not made here for this purpose."""
    if len(given) != TOKEN_LENGTH or not given.isascii():
        return None
    try:
        named = base64.b64decode(given + "==", altchars=b"-_", validate=True)[:-MAC_BYTES]
    except ValueError:
        return None
    link = Link(UUID(bytes=named[:16]), int.from_bytes(named[16:], "big"))
    # The whole token, not its bytes only: the last letter has spare bits, and one link has one address.
    return link if hmac.compare_digest(given, token(purpose, link.id, link.generation)) else None


def _mac(purpose: str, named: bytes) -> bytes:
    return derive(purpose, named)[:MAC_BYTES]
