"""What docs/security.md and docs/operations.md promise by tests: each of them, and each function named, is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("page", "at_least"), [("security.md", 60), ("operations.md", 30)])
def test_every_test_it_names_is_there(page, at_least):
    named = set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs" / page).read_text()))
    assert len(named) > at_least
    missing = [
        f"{path}::{function}"
        for path, function in sorted(named)
        if not (ROOT / path).exists()
        or (function and not re.search(rf"^\s*def {function}\(", (ROOT / path).read_text(), re.M))
    ]
    assert missing == []


def test_it_says_what_is_not_met_and_where_to_tell_of_it():
    assert "## What is not met" in (ROOT / "docs" / "security.md").read_text()
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text()
