"""Several short lists in one query: a page that shows fifteen of them asks the database once, not fifteen times.

The rows of each list travel as JSON beside one row that is there anyway, and become rows of their models again, with
what their query selects, annotates, and prefetches of the rows that point to them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Field,
    Func,
    IntegerField,
    JSONField,
    Model,
    OuterRef,
    Prefetch,
    QuerySet,
    TextField,
    TimeField,
    UUIDField,
)
from django.db.models.functions import JSONObject

Reader = Callable[[Iterable[Any] | None], list[Any]]


def lists(row: Model, **queries: QuerySet[Any]) -> dict[str, list[Any]]:
    """What each of these queries finds, in its order. One query; `row` is any row that is in the database."""
    beside = row.__class__._base_manager.filter(pk=row.pk)
    found = beside.values_list(*(of(query) for query in queries.values())).first() or [None] * len(queries)
    return {name: read(query, said) for (name, query), said in zip(queries.items(), found, strict=True)}


def prefetch(row: Model, *names: str) -> None:
    """What Django's own `prefetch_related` reads of the rows that point to this one: one query for all names."""
    found = lists(row, **{name: getattr(row, name).all() for name in names})
    for name, own in found.items():
        _keep(row, name, getattr(type(row), name).rel.field, own)


def _keep(row: Any, name: str, field: Any, own: list[Any]) -> None:
    for each in own:
        field.set_cached_value(each, row)
    kept = getattr(row, name).get_queryset()
    kept._result_cache, kept._prefetch_done = own, True
    row._prefetched_objects_cache = getattr(row, "_prefetched_objects_cache", {}) | {name: kept}


def of(query: QuerySet[Any]) -> ArraySubquery:
    """The rows of a query, to annotate other rows with. `read` makes them rows again."""
    return ArraySubquery(query.values(row_said=_said(query)))


def read(query: QuerySet[Any], found: Iterable[Any] | None) -> list[Any]:
    """The rows that `of(query)` found."""
    return reader_of(query)(found)


def reader_of(query: QuerySet[Any]) -> Reader:
    """What makes rows of a query again of what was said."""
    fields = _fields(query)
    if fields is not None:
        return _values_reader(fields)
    row_of = _row_reader(query.model, _selected(query), query.db)
    annotations = [(name, _converter(each.output_field)) for name, each in query.query.annotations.items()]
    inner = {name: (reader_of(pointing), field) for name, (pointing, field) in _prefetched(query).items()}

    def read_all(found: Iterable[Any] | None) -> list[Any]:
        rows = []
        for said in found or ():
            row = row_of(said)
            for name, convert in annotations:
                value = said[name]
                setattr(row, name, value if convert is None or value is None else convert(value))
            for name, (read_inner, field) in inner.items():
                _keep(row, name, field, read_inner(said[name]))
            rows.append(row)
        return rows

    return read_all


def _fields(query: QuerySet[Any]) -> "list[Field[Any, Any]] | None":
    """Of `values_list`: what each value is; None for a query of rows."""
    names: Any = query._fields  # type: ignore[attr-defined]
    if names is None:
        return None
    annotations = query.query.annotations
    return [annotations[name].output_field if name in annotations else _field_of(query.model, name) for name in names]


def _field_of(model: Any, path: str) -> Any:
    name, _, further = path.partition("__")
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return _field_of(field.related_model, further) if further else field


def _values_reader(fields: "list[Field[Any, Any]]") -> Reader:
    converters = [(place, _converter(field)) for place, field in enumerate(fields)]
    odd = [(place, convert) for place, convert in converters if convert is not None]

    def read_all(found: Iterable[Any] | None) -> list[Any]:
        rows = []
        for said in found or ():
            for place, convert in odd:
                if said[place] is not None:
                    said[place] = convert(said[place])
            rows.append(tuple(said))
        return rows

    return read_all


def _said(query: QuerySet[Any]) -> Func:
    if _fields(query) is not None:
        return Func(*map(F, query._fields), function="jsonb_build_array", output_field=JSONField())  # type: ignore[attr-defined]
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


def _row_reader(model: type[Model], selected: Mapping[str, Any], using: str, path: str = "") -> Callable[[Any], Any]:
    names = [field.attname for field in model._meta.concrete_fields]
    columns = [(field.column, _converter(field)) for field in model._meta.concrete_fields]
    key, inner = f"row{path}", []
    for name, further in selected.items():
        field: Any = model._meta.get_field(name)
        inner.append((field, _row_reader(field.related_model, further, using, f"{path}__{name}")))

    def row_of(said: Mapping[str, Any]) -> Any:
        own = said[key]
        if own is None:
            return None
        values = []
        for column, convert in columns:
            value = own[column]
            values.append(value if convert is None or value is None else convert(value))
        row = model.from_db(using, names, values)
        for field, other in inner:
            field.set_cached_value(row, other(said))
        return row

    return row_of


AS_THEY_ARE = (JSONField, CharField, TextField, BooleanField, IntegerField)


def _converter(field: Any) -> Callable[[Any], Any] | None:
    """What makes of a value in JSON the one that the database's own answer would give; None where they are the same."""
    while getattr(field, "target_field", None) is not None and field.is_relation:
        field = field.target_field
    if isinstance(field, ArrayField):
        inner = _converter(field.base_field)
        return None if inner is None else lambda said: [None if each is None else inner(each) for each in said]
    if isinstance(field, BinaryField):
        return lambda said: bytes.fromhex(said.removeprefix("\\x"))
    if isinstance(field, AS_THEY_ARE) and type(field).to_python in {kind.to_python for kind in AS_THEY_ARE}:
        return None
    if type(field) is DateTimeField:
        return datetime.fromisoformat
    if type(field) is DateField:
        return date.fromisoformat
    if type(field) is TimeField:
        return time.fromisoformat
    if type(field) is UUIDField:
        return UUID
    convert: Callable[[Any], Any] = field.to_python
    return convert
