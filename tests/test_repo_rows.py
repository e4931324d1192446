"""Rules of the house about rows: whose they are, and what stands together in them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import CheckConstraint

from tests.test_repo import ROOMS, ROOT, at, code

EVERYBODYS = {"Service", "RecordKind"}  # lists that everyone reads
UNSCOPED = {"get", "filter", "all", "get_or_create", "update_or_create", "first", "exclude"}


def is_unscoped(node: ast.AST) -> bool:
    """`Thing.objects.get(…)` and the like, and look-ups that name a bare model."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func
    if isinstance(name, ast.Attribute) and name.attr in UNSCOPED and isinstance(name.value, ast.Attribute):
        return name.value.attr == "objects" and ast.unparse(name.value.value) not in EVERYBODYS
    if isinstance(name, ast.Name) and name.id in {"get_object_or_404", "get_list_or_404", "find_or_404"}:
        is_model = bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id[0].isupper()
        return name.id != "find_or_404" or is_model
    return False


def test_views_look_only_through_what_a_person_may_see():
    found = [
        f"{at(path, node)} {ast.unparse(node)[:80]}"
        for path in code("views*.py", "*_views.py", "*/views/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if is_unscoped(node)
    ]

    assert found == []


def pairs_left_open(model) -> Iterator[str]:
    """Names of `_at` fields whose `_by` may be missing, with no constraint that holds the two together."""
    fields = {field.name: field for field in model._meta.local_fields}
    checks = [str(check.condition) for check in model._meta.constraints if isinstance(check, CheckConstraint)]
    for name in sorted(fields):
        pair = (name, f"{name.removesuffix('_at')}_by")
        may_part = name.endswith("_at") and pair[1] in fields and fields[name].null
        if may_part and not any(all(part in check for part in pair) for check in checks):
            yield f"{model.__name__}.{name}"


def test_when_something_happened_is_never_kept_without_who():
    ours = [app for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT)]
    models = [model for app in ours for model in app.get_models() if not model.__name__.endswith("Change")]

    assert [name for model in models for name in pairs_left_open(model)] == []


def test_no_migration_asks_the_clock_that_can_be_set():
    """In development it stands in the cache's table, which is made behind the first migrations."""
    found = [
        path for room in ROOMS for path in (ROOT / room).rglob("migrations/*.py") if "clock.now(" in path.read_text()
    ]
    assert found == []
