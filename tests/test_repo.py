"""Rules of the house that a machine can see: the code's half. tests/test_repo_pages.py has the pages' half."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).parent.parent
ROOMS = ("portal", "cases", "bookings")
# Called inside actions, which have said who acts: the rows they leave for the sender have no actor of their own.
LEFT_BY_ACTIONS = {"plan", "plan_row", "unplan", "settle"}
# From the ground up, as in pyproject.toml's import contract.
LAYERS = [
    ["portal.vault", "portal.texts"],
    ["portal.history"],
    ["portal.backup"],
    ["portal.accounts"],
    ["portal.reminders"],
    ["cases.case"],
    ["cases.documents"],
    ["cases.records"],
    ["bookings", "cases.desk"],
    ["cases.opinions"],
    ["cases.reviews"],
    ["portal.pages"],
]


def code(*patterns: str) -> list[Path]:
    """Python files of the product, tests and migrations aside."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    return sorted(path for path in found if not patterns or any(path.match(pattern) for pattern in patterns))


def tracked() -> list[Path]:
    """Every file git knows, and those about to be added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def at(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def room_of(path: Path) -> str:
    """The room a file belongs to, as in LAYERS, or the empty string for the loose modules."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    names = [name for layer in LAYERS for name in layer]
    return next((name for name in names if dotted == name or dotted.startswith(name + ".")), "")


def height(room: str) -> int:
    return next((place for place, layer in enumerate(LAYERS) if room in layer), -1)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_document_of_states_is_current():
    call_command("states", check=True)


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def is_action(function: ast.FunctionDef) -> bool:
    """Whether it changes things: actions wear @transaction.atomic."""
    return any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_every_action_says_who_acts():
    wanting = [
        f"{at(path, function)} {function.name}"
        for path in code("actions*.py")
        for function in public_functions(path)
        if is_action(function) and function.name not in LEFT_BY_ACTIONS
        if "by" not in {argument.arg for argument in function.args.kwonlyargs}
    ]

    assert wanting == []


def test_no_drawer_for_anything():
    assert [path for path in code() if path.name in {"utils.py", "helpers.py", "common.py", "misc.py"}] == []


def upward_names() -> dict[str, set[str]]:
    """For each room, the names under which its rows are reached from rows of rooms further down."""
    names: dict[str, set[str]] = {}
    for model in apps.get_models():
        for relation in model._meta.related_objects:
            upper, lower = relation.related_model._meta.app_config.name, model._meta.app_config.name
            if height(upper) > height(lower) >= 0 and relation.get_accessor_name():
                names.setdefault(upper, set()).add(relation.get_accessor_name())
    return names


def test_rows_of_a_room_above_are_read_only_by_the_gathering_pages():
    found = []
    for upper, names in upward_names().items():
        for path in code():
            below = 0 <= height(room_of(path)) < height(upper)
            for node in ast.walk(ast.parse(path.read_text())) if below else ():
                if isinstance(node, ast.Attribute) and node.attr in names:
                    found.append(f"{at(path, node)} .{node.attr} is a row of {upper}")
                if isinstance(node, ast.keyword) and (node.arg or "").split("__")[0] in names and "__" in node.arg:
                    found.append(f"{at(path, node.value)} {node.arg} looks into {upper}")

    assert found == []


def test_there_are_no_json_addresses():
    speaks_to_others = {ROOT / "portal" / "texting.py", ROOT / "portal" / "street.py"}  # a gateway's; browsers' reports
    found = [path for path in code() if re.search(r"JsonResponse|application/json", path.read_text())]
    assert set(found) <= speaks_to_others


def test_no_time_arithmetic_in_sql():
    found = []
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
                sides = [ast.unparse(side) for side in (node.left, node.right)]
                if any(re.match(r"(models\.)?F\(", side) for side in sides) and any("delta" in side for side in sides):
                    found.append(at(path, node))
            words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if re.search(r"\binterval\s+'|\bnow\(\)\s*[+-]", words, re.IGNORECASE):
                found.append(at(path, node))

    assert found == []


def test_nothing_is_unfinished_or_left_out():
    marks = re.compile("TO" + "DO|FIX" + "ME|pragma: no c" + r"over|mark\.(skip|xfail)|pytest\.sk" + r"ip\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".html", ".css", ".js", ".toml", ".yml", ".md", ".sh"} or path.name == "Makefile"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line.replace("ToDo", ""))
    ]

    assert found == []


def test_no_path_of_one_machine():
    place = re.compile(r"(?<![\w.:/-])/(root|home|work|Users)/[a-z]")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".html", ".css", ".js", ".toml", ".yml", ".md", ".sh", ".txt", ".json", ".conf"}
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if place.search(line)
    ]

    assert found == []
