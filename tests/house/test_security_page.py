"""docs/security.md promises by tests: each of them is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_test_it_names_is_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / "docs" / "security.md").read_text()))
    assert len(named) > 30
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_it_says_what_is_not_met_and_where_to_tell_of_it():
    assert "## What is not met" in (ROOT / "docs" / "security.md").read_text()
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text()
