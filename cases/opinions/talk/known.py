"""What pages that gather say of talks. It comes with the row of a case or a visit: no page asks once more for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from cases.opinions.talk.models import Talk
from cases.opinions.talk.rules import OPEN, TalkState


@dataclass(frozen=True)
class Known:
    """One talk, as the pages name it."""

    state: TalkState
    doctor: str
    office: str
    on: date | None
    at: time | None
    zone: ZoneInfo

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def beside(case: str, reader: Any = None) -> ArraySubquery:
    """Every talk of a case that is not off, to annotate rows with; `case` is the column that holds the case. Those that
    the reader may see, all without one.
    """
    seen = Talk.objects.all() if reader is None else Talk.objects.visible_to(reader)
    said = {"state": "state", "doctor": "clinician__name", "office": "office__name"}
    said |= {"on": "on_date", "at": "at_time", "zone": "time_zone"}
    return ArraySubquery(seen.not_off().filter(case=OuterRef(case)).values(said=JSONObject(**said)))


def read(rows: Iterable[Mapping[str, Any]]) -> list[Known]:
    """What `beside` found."""
    return [_read(row) for row in rows]


def _read(row: Mapping[str, Any]) -> Known:
    return Known(
        state=TalkState(row["state"]),
        doctor=row["doctor"],
        office=row["office"] or "",
        on=date.fromisoformat(row["on"]) if row["on"] else None,
        at=time.fromisoformat(row["at"]) if row["at"] else None,
        zone=ZoneInfo(row["zone"]),
    )


def that_counts(talks: Iterable[Known], visit_on: date | None) -> Known | None:
    """The talk to come; else the last that took place since the visit of `visit_on`: one about an earlier round is
    over. None for a visit that is still to come.
    """
    talks = list(talks)
    if ahead := next((talk for talk in talks if talk.is_open), None):
        return ahead
    since = [(talk.on, talk) for talk in talks if talk.on and visit_on and talk.on >= visit_on]
    return max(since, key=lambda pair: pair[0], default=(None, None))[1]
