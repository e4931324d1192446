"""Questions whose SQL is written once in a process. A page of many lists asks one long question (`portal.beside`); to
write it takes Django many times as long as to send it.

`Ready(ask).lists(row, **given)` answers as `beside.lists(row, **ask(**given))` does. The first time, `ask` is given
stand-ins for all that differs from one asking to the next: keys, days, moments, among them the moment it is now. Where
they stand in the SQL, the true ones are put from then on. Words, numbers and truths may decide how a question is
written: for each of them it is written anew. So nobody's question is answered with another's, `ask` may
- look at nothing of a row that is given but its key and the fields that are named: others raise an error;
- ask nothing itself: that raises an error;
- count no day or moment from another: such a question is written each time, as is one with a key of its own.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Func, JSONField, Model, QuerySet
from django.utils.translation import get_language

from portal import beside, clock

Ask = Callable[..., Mapping[str, QuerySet[Any]]]
Value = UUID | datetime | date
AT_MOST = 200  # ways to write one question: more are written each time
ROW, CLOCK = "the row", "the clock"


@dataclass(frozen=True)
class _Written:
    """The SQL between the values, the name of the value after each piece of it; and what reads each list."""

    pieces: list[str]
    names: list[str]
    readers: dict[str, beside.Reader]


class _AsList(Func):
    """All rows of a list as one text."""

    template = "to_jsonb((%(expressions)s)::jsonb[])"  # an empty list is NULL, of no kind by itself
    output_field = JSONField()


class Ready:
    """`fields`: by the name of each row that is given, the fields that decide besides its key."""

    def __init__(self, ask: Ask, **fields: tuple[str, ...]):
        self._ask, self._fields = ask, fields
        self._written: dict[Hashable, _Written | None] = {}

    def lists(self, row: Model, **given: Any) -> dict[str, list[Any]]:
        """What each of the queries of `ask(**given)` finds, in its order. One query."""
        values: dict[str, Value | list[Value]] = {ROW: row.pk, CLOCK: clock.now()}
        plain: dict[str, Any] = {ROW: row._meta.label, "language": get_language()}
        for name, value in given.items():
            for part, own in self._parts(name, value):
                if own and isinstance(own, UUID | date | list):
                    values[part] = own
                else:
                    plain[part] = () if own == [] else own
        key = (*plain.items(), *values)
        if key not in self._written and len(self._written) < AT_MOST:
            self._written[key] = self._write(row, given)
        written = self._written.get(key)
        if written is None:
            return beside.lists(row, **self._ask(**given))
        found = _found(written, values) or [None] * len(written.readers)
        by_name = zip(written.readers.items(), found, strict=True)
        return {name: read(json.loads(said or "[]")) for (name, read), said in by_name}

    def are_ready(self) -> bool:
        """Whether all that was asked so far is written once only."""
        return bool(self._written) and None not in self._written.values()

    def _parts(self, name: str, value: Any) -> list[tuple[str, Any]]:
        if not isinstance(value, Model):
            return [(name, value)]
        return [(name, value.pk), *((f"{name}.{field}", getattr(value, field)) for field in self._fields.get(name, ()))]

    def _write(self, row: Model, given: Mapping[str, Any]) -> _Written | None:
        """None for a question that cannot be kept."""
        stand_ins = _StandIns()
        known = {name: self._stand_in(stand_ins, name, value) for name, value in given.items()}
        key, now = stand_ins.of(ROW, row.pk), stand_ins.of(CLOCK, clock.now())
        with clock.standing_at(now), connection.execute_wrapper(_refuse):
            queries = self._ask(**known)
            asked = row.__class__._base_manager.filter(pk=key)
            lists = asked.values_list(*(_AsList(beside.of(query)) for query in queries.values()))
            sql, params = lists.order_by().query.sql_with_params()
        if not stand_ins.are_all_of(params):
            return None
        by_literal = {_literal(value): name for value, name in stand_ins.names.items()}
        between = "|".join(map(re.escape, by_literal))
        cut = re.split(f"({between})", connection.ops.compose_sql(sql, params))  # type: ignore[attr-defined]
        names = [by_literal[literal] for literal in cut[1::2]]
        return _Written(cut[::2], names, {name: beside.reader_of(query) for name, query in queries.items()})

    def _stand_in(self, stand_ins: "_StandIns", name: str, value: Any) -> Any:
        parts = {part: stand_ins.of(part, own) for part, own in self._parts(name, value)}
        if not isinstance(value, Model):
            return parts[name]
        known = {value._meta.pk.attname: parts.pop(name)}
        known |= {part.removeprefix(f"{name}."): own for part, own in parts.items()}
        fields = [field.attname for field in value._meta.concrete_fields if field.attname in known]
        return value.__class__.from_db("default", fields, [known[field] for field in fields])


class _StandIns:
    """Values as no question has them, each for one name."""

    def __init__(self) -> None:
        self.names: dict[Value, str] = {}

    def of(self, name: str, value: Any) -> Any:
        number, stand_in = len(self.names) + 1, value
        if isinstance(value, list):
            return [self.of(name, value[0])] if value else []
        if isinstance(value, UUID):
            stand_in = UUID(int=(0x9001 << 112) + number)
        elif isinstance(value, datetime):
            stand_in = datetime(9001, 1, 1, microsecond=number, tzinfo=UTC)
        elif isinstance(value, date):
            stand_in = date(9001, 1, 1) + timedelta(days=number)
        else:
            return value
        self.names[stand_in] = name
        return stand_in

    def are_all_of(self, params: Iterable[Any]) -> bool:
        """Whether each key, day and moment is a stand-in, and all else is of a kind that cannot hide one."""
        return all(
            self.are_all_of(each)
            if isinstance(each, list | tuple)
            else each in self.names
            if isinstance(each, UUID | date)
            else each is None or isinstance(each, str | bytes | int | float)
            for each in params
        )


def _refuse(*_: Any) -> Any:
    raise RuntimeError("What writes a question asks nothing itself.")


def _found(written: _Written, values: Mapping[str, Value | list[Value]]) -> Any:
    literals = {name: _literal(values[name]) for name in set(written.names)}
    parts = [written.pieces[0]]
    for name, piece in zip(written.names, written.pieces[1:], strict=True):
        parts += (literals[name], piece)
    with connection.cursor() as cursor:
        cursor.execute("".join(parts))
        return cursor.fetchone()


def _literal(value: Value | list[Value]) -> str:
    """As PostgreSQL reads it. Nothing but digits and marks can stand in one."""
    if isinstance(value, list):
        return ", ".join(map(_literal, value))
    if isinstance(value, UUID):
        return f"'{value.hex}'::uuid"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("A moment without a zone is none.")
        return f"'{value}'::timestamptz"
    return f"'{value.isoformat()}'::date"
