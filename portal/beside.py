"""Several short lists in one query: a page that shows fifteen of them asks the database once, not fifteen times.

The rows of each list travel as JSON beside one row that is there anyway, and become rows of their models again, with
what their query selects, annotates, and prefetches of the rows that point to them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BinaryField, F, Field, Func, JSONField, Model, OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject


def lists(row: Model, **queries: QuerySet[Any]) -> dict[str, list[Any]]:
    """What each of these queries finds, in its order. One query; `row` is any row that is in the database."""
    beside = row.__class__._base_manager.filter(pk=row.pk)
    found = beside.values_list(*(of(query) for query in queries.values())).first() or [None] * len(queries)
    return {name: read(query, said) for (name, query), said in zip(queries.items(), found, strict=True)}


def of(query: QuerySet[Any]) -> ArraySubquery:
    """The rows of a query, to annotate other rows with. `read` makes them rows again."""
    return ArraySubquery(query.values(row_said=_said(query)))


def read(query: QuerySet[Any], found: Iterable[Mapping[str, Any]] | None) -> list[Any]:
    """The rows that `of(query)` found."""
    inner = _prefetched(query)
    rows = []
    for said in found or ():
        row = _row(query.model, _selected(query), said, query.db)
        for name, annotation in query.query.annotations.items():
            setattr(row, name, _value(annotation.output_field, said[name]))
        for name, (pointing, field) in inner.items():
            own = read(pointing, said[name])
            for each in own:
                field.set_cached_value(each, row)
            kept = getattr(row, name).get_queryset()
            kept._result_cache, kept._prefetch_done = own, True
            row._prefetched_objects_cache = getattr(row, "_prefetched_objects_cache", {}) | {name: kept}
        rows.append(row)
    return rows


def _said(query: QuerySet[Any]) -> JSONObject:
    said: dict[str, Any] = {f"row{path}": WholeRow(name) for path, name in _paths(query.model, _selected(query))}
    said |= {name: F(name) for name in query.query.annotations}
    for name, (pointing, field) in _prefetched(query).items():
        said[name] = of(pointing.filter(**{field.name: OuterRef("pk")}))
    return JSONObject(**said)


def _paths(model: type[Model], selected: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every table whose rows come along, each with one of its fields: a key alone would need no join."""
    yield path, f"{path}__{_a_field(model)}".removeprefix("__")
    for name, inner in selected.items():
        other: Any = model._meta.get_field(name).related_model
        yield from _paths(other, inner, f"{path}__{name}")


def _a_field(model: type[Model]) -> str:
    return next(field.attname for field in model._meta.concrete_fields if not field.primary_key)


class WholeRow(Func):
    """All columns of the row that a field is of, as JSON."""

    function = "to_jsonb"
    arity = 1
    output_field = JSONField()

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        (column,) = self.get_source_expressions()
        return f"{self.function}({compiler.quote_name_unless_alias(column.alias)})", ()


def _selected(query: QuerySet[Any]) -> dict[str, Any]:
    """What comes along by `select_related`, as Django keeps it: names within names."""
    selected = query.query.select_related
    return selected if isinstance(selected, dict) else {}


def _prefetched(query: QuerySet[Any]) -> dict[str, tuple[QuerySet[Any], Any]]:
    """By the name of each list of rows that point to these: its query, and the field by which they point."""
    found = {}
    for each in query._prefetch_related_lookups:  # type: ignore[attr-defined]
        lookup = each if isinstance(each, Prefetch) else Prefetch(each)
        relation = getattr(query.model, lookup.prefetch_to).rel
        pointing = lookup.queryset if lookup.queryset is not None else relation.related_model._default_manager.all()
        found[lookup.prefetch_to] = (pointing, relation.field)
    return found


def _row(model: type[Model], selected: Mapping[str, Any], said: Mapping[str, Any], using: str, path: str = "") -> Any:
    own = said[f"row{path}"]
    if own is None:
        return None
    fields = model._meta.concrete_fields
    row = model.from_db(using, [field.attname for field in fields], [_value(each, own[each.column]) for each in fields])
    for name, inner in selected.items():
        field: Any = model._meta.get_field(name)
        field.set_cached_value(row, _row(field.related_model, inner, said, using, f"{path}__{name}"))
    return row


def _value(field: "Field[Any, Any]", said: Any) -> Any:
    """A value as the database's own answer would give it."""
    if said is None or isinstance(field, JSONField):
        return said
    if isinstance(field, ArrayField):
        return [_value(field.base_field, each) for each in said]
    if isinstance(field, BinaryField):
        return bytes.fromhex(said.removeprefix("\\x"))
    return field.to_python(said)
