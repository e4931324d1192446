"""Several writes as one statement of the database: what is saved while someone types asks it as seldom as can be.

Each write is a part of one WITH. PostgreSQL carries out all of them, and each sees the rows as they were before: so no
two of them may touch the same row.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet, sql
from django.db.models.constants import OnConflict

Write = tuple[str, tuple[Any, ...]]


def carry_out(writes: Iterable[Write | None]) -> None:
    """All of them at once; nothing is asked of the database when there are none."""
    parts = [write for write in writes if write]
    if not parts:
        return
    named = ", ".join(f"write_{number} AS ({said})" for number, (said, _params) in enumerate(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {named} SELECT", [param for _said, params in parts for param in params])


def saved(rows: Sequence[Model], *, unique: Sequence[str], fields: Sequence[str]) -> Write | None:
    """New rows, or these fields of the rows that are the same by `unique`."""
    if not rows:
        return None
    model = type(rows[0])
    query = sql.InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE,
        unique_fields=[model._meta.get_field(name) for name in unique],
        update_fields=[model._meta.get_field(name) for name in fields],
    )
    query.insert_values(model._meta.concrete_fields, list(rows))
    ((said, params),) = query.get_compiler(connection=connection).as_sql()
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return said, tuple(params)


def changed(rows: QuerySet[Any], **values: Any) -> Write:
    query: Any = rows.order_by().query.chain(sql.UpdateQuery)
    query.add_update_values(values)
    said, params = query.get_compiler(connection=connection).as_sql()
    return said, tuple(params)


def gone(rows: QuerySet[Any]) -> Write:
    """Rows of a table to which no other points."""
    said, params = rows.order_by().query.chain(sql.DeleteQuery).get_compiler(connection=connection).as_sql()
    return said, tuple(params)
