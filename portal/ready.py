"""Questions whose SQL is written once in a process. A page of many lists asks one long question (`portal.beside`); to
write it takes Django many times as long as to send it.

`Ready(ask).lists(row, **given)` answers as `beside.lists(row, **ask(**given))` does. The first time, `ask` is given
stand-ins for all that differs from one asking to the next: keys, days, moments, among them the moment it is now. Where
they stand in the SQL, the true ones are put from then on. Words, numbers and truths may decide how a question is
written: for each of them it is written anew. So nobody's question is answered with another's, `ask` may
- look at nothing of a row that is given but its key and the fields that are named: others raise an error;
- ask nothing itself: that raises an error;
- count no day or moment from another: such a question is written each time, as is one with a key of its own.

`ReadyRows(ask).of(**given)` does so for one question by itself: it gives the rows of `ask(**given)`.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Func, JSONField, Model, QuerySet
from django.db.models.query import ModelIterable
from django.utils.translation import get_language

from portal import beside, clock

Ask = Callable[..., Mapping[str, QuerySet[Any]]]
Value = UUID | datetime | date
AT_MOST = 200  # ways to write one question: more are written each time
ROW, CLOCK = "the row", "the clock"


@dataclass(frozen=True)
class _Written:
    """The SQL between the values, the name of the value after each piece of it; and what reads the answer."""

    pieces: list[str]
    names: list[str]
    reader: Any

    def sql(self, values: Mapping[str, Value | list[Value]]) -> str:
        literals = {name: _literal(values[name]) for name in set(self.names)}
        parts = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            parts += (literals[name], piece)
        return "".join(parts)


class _AsList(Func):
    """All rows of a list as one text."""

    template = "to_jsonb((%(expressions)s)::jsonb[])"  # an empty list is NULL, of no kind by itself
    output_field = JSONField()


class _Kept:
    """`fields`: by the name of each row that is given, the fields that decide besides its key."""

    def __init__(self, ask: Callable[..., Any], **fields: tuple[str, ...]):
        self._ask, self._fields = ask, fields
        self._written: dict[Hashable, _Written | None] = {}

    def are_ready(self) -> bool:
        """Whether all that was asked so far is written once only."""
        return bool(self._written) and None not in self._written.values()

    def _find(self, row: Model | None, given: Mapping[str, Any]) -> tuple[_Written | None, dict[str, Any]]:
        """What is written for this asking, and the values that belong into it."""
        values: dict[str, Value | list[Value]] = {CLOCK: clock.now()}
        plain: dict[str, Any] = {"language": get_language()}
        if row is not None:
            values[ROW], plain[ROW] = row.pk, row._meta.label
        for name, value in given.items():
            for part, own in self._parts(name, value):
                if own and isinstance(own, UUID | date | list):
                    values[part] = own
                else:
                    plain[part] = () if own == [] else own
        key = (*plain.items(), *values)
        if key not in self._written and len(self._written) < AT_MOST:
            self._written[key] = self._write(row, given)
        return self._written.get(key), values

    def _parts(self, name: str, value: Any) -> list[tuple[str, Any]]:
        if not isinstance(value, Model):
            return [(name, value)]
        return [(name, value.pk), *((f"{name}.{field}", getattr(value, field)) for field in self._fields.get(name, ()))]

    def _write(self, row: Model | None, given: Mapping[str, Any]) -> _Written | None:
        """None for a question that cannot be kept."""
        stand_ins = _StandIns()
        known = {name: self._stand_in(stand_ins, name, value) for name, value in given.items()}
        key, now = row and stand_ins.of(ROW, row.pk), stand_ins.of(CLOCK, clock.now())
        try:
            with clock.standing_at(now), connection.execute_wrapper(_refuse):
                sql, params, reader = self._said(row, key, self._ask(**known))
        except EmptyResultSet:  # nothing can be found, and nothing is asked
            return None
        if not stand_ins.are_all_of(params):
            return None
        by_literal = {_literal(value): name for value, name in stand_ins.names.items()}
        between = "|".join(map(re.escape, by_literal))
        cut = re.split(f"({between})", connection.ops.compose_sql(sql, params))  # type: ignore[attr-defined]
        return _Written(cut[::2], [by_literal[literal] for literal in cut[1::2]], reader)

    def _said(self, row: Model | None, key: Any, asked: Any) -> tuple[str, Iterable[Any], Any]:
        """The question in SQL with its values, and what reads the answer."""
        raise NotImplementedError

    def _stand_in(self, stand_ins: "_StandIns", name: str, value: Any) -> Any:
        parts = {part: stand_ins.of(part, own) for part, own in self._parts(name, value)}
        if not isinstance(value, Model):
            return parts[name]
        known = {value._meta.pk.attname: parts.pop(name)}
        known |= {part.removeprefix(f"{name}."): own for part, own in parts.items()}
        fields = [field.attname for field in value._meta.concrete_fields if field.attname in known]
        return value.__class__.from_db("default", fields, [known[field] for field in fields])


class Ready(_Kept):
    """Several lists beside one row."""

    def lists(self, row: Model, **given: Any) -> dict[str, list[Any]]:
        """What each of the queries of `ask(**given)` finds, in its order. One query."""
        written, values = self._find(row, given)
        if written is None:
            return beside.lists(row, **self._ask(**given))
        with connection.cursor() as cursor:
            cursor.execute(written.sql(values))
            found = cursor.fetchone() or [None] * len(written.reader)
        by_name = zip(written.reader.items(), found, strict=True)
        return {name: read(json.loads(said or "[]")) for (name, read), said in by_name}

    def _said(self, row: Model | None, key: Any, asked: Mapping[str, QuerySet[Any]]) -> tuple[str, Iterable[Any], Any]:
        assert row is not None
        queries = row.__class__._base_manager.filter(pk=key)
        lists = queries.values_list(*(_AsList(beside.of(query)) for query in asked.values()))
        readers = {name: beside.reader_of(query) for name, query in asked.items()}
        return *lists.order_by().query.sql_with_params(), readers


class ReadyRows(_Kept):
    """The rows of one question, with what it selects along and annotates; what it would prefetch is not read."""

    def of(self, **given: Any) -> list[Any]:
        """The rows of `ask(**given)`. One query."""
        written, values = self._find(None, given)
        if written is None:
            return list(self._ask(**given))
        asked, compiler = written.reader
        return list(ModelIterable(_Answer(asked, compiler, written.sql(values))))  # type: ignore[arg-type]

    def _said(self, row: Model | None, key: Any, asked: QuerySet[Any]) -> tuple[str, Iterable[Any], Any]:
        compiler = asked.query.get_compiler(using=asked.db)
        return *compiler.as_sql(), (asked, compiler)


class _Answer:
    """What makes rows of an answer takes this for the rows' own query, which is written and asked already."""

    def __init__(self, asked: QuerySet[Any], compiler: Any, sql: str):
        self._asked, self._compiler, self._sql = asked, compiler, sql
        self.query = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked if hasattr(self._asked, name) else self._compiler, name)

    def get_compiler(self, **_given: Any) -> "_Answer":
        return self

    def execute_sql(self, **_given: Any) -> list[list[tuple[Any, ...]]]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql)
            return [cursor.fetchall()]

    def results_iter(self, found: list[list[tuple[Any, ...]]]) -> Iterable[Any]:
        rows: Iterable[Any] = self._compiler.results_iter(found)
        return rows


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
