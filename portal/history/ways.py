"""How a row leads to its case."""

from functools import cache

from django.db.models import ForeignKey, Model

CASE, PERSON = "case.case", "accounts.user"
FARTHEST = 3  # steps from a row to its case


@cache
def way(model: type[Model]) -> tuple[str, ...] | None:
    """The names of the foreign keys that lead from a model's row to its case, by the shortest way."""
    ways: list[tuple[type[Model], tuple[str, ...]]] = [(model, ())]
    for each, names in ways:
        if each._meta.label_lower == CASE:
            return names
        if len(names) < FARTHEST and not (names and each._meta.label_lower == PERSON):
            ways += [
                (key.related_model, (*names, key.name))
                for key in each._meta.concrete_fields
                if isinstance(key, ForeignKey) and key.name != "for_case" and isinstance(key.related_model, type)
            ]
    return None
