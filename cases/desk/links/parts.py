"""The parts of an office's page. One office may hold records, see the patient and be the primary doctor's at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.desk.links.actions import desk_of
from cases.desk.links.gate import Opened
from cases.desk.links.models import OfficeLink

HOLDER = "holder"
ORDER = (HOLDER, "receiving", "primary", "talk")


@dataclass(frozen=True)
class Part:
    """What one room of the desk adds: a template, which finds its context as `part`, and when it is there at all.

    `context(opened, now)` answers None where this office has no such part. `title` in it is the part's heading.
    """

    name: str
    template: str
    context: Callable[[Opened, datetime], dict[str, Any] | None]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a part, named in `ORDER`."""
    assert part.name in ORDER
    _parts[part.name] = part


def of(opened: Opened, now: datetime) -> list[tuple[Part, dict[str, Any]]]:
    """The parts of this office's page, in order."""
    found = [(_parts[name], _parts[name].context(opened, now)) for name in ORDER if name in _parts]
    return [(part, context) for part, context in found if context is not None]


def need_code(link: OfficeLink, now: datetime) -> bool:
    """Whether this office's page has more than the birth date opens: a holder's has not, every other has what is
    medical. Select the link like the gate does.
    """
    shown = of(Opened(link, has_code=False, has_birth_date=False, by=desk_of(link)), now)
    return any(part.name != HOLDER for part, _context in shown)
