"""What docs/security.md and docs/operations.md promise by tests: each of them, and each function named, is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`( \*f\*)?")
TWO_PAGES = 1300  # words


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize(("name", "at_least"), [("security.md", 60), ("operations.md", 30)])
def test_every_test_it_names_is_there(name, at_least):
    named = {(path, function) for path, function, _full in NAMED.findall(page(name))}
    assert len(named) > at_least
    missing = [
        f"{path}::{function}"
        for path, function in sorted(named)
        if not (ROOT / path).exists() or (function and function not in functions(path))
    ]
    assert missing == []


@cache
def functions(path: str) -> dict[str, bool]:
    """The tests of a file, and whether each runs in `make test-all` alone."""
    tree = ast.parse((ROOT / path).read_text())
    marks = [ast.unparse(each.value) for each in tree.body if isinstance(each, ast.Assign)]
    is_whole = any("pytest.mark.full" in mark for mark in marks if mark.startswith(("[pytest.mark", "pytest.mark")))
    return {
        each.name: is_whole or any(ast.unparse(mark) == "pytest.mark.full" for mark in each.decorator_list)
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef)
    }


def test_it_says_which_run_in_the_long_form_alone():
    wrong = [
        f"{path}::{function}"
        for path, function, is_full in NAMED.findall(page("security.md"))
        if function and bool(is_full) != functions(path)[function]
    ]
    assert wrong == []


def test_it_is_two_pages_with_what_is_not_met_and_where_to_tell_of_it():
    assert len(page("security.md").split()) <= TWO_PAGES
    assert "## What is not met" in page("security.md")
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text()
