"""docs/dependencies.md names each package that we name ourselves: with its reason, license and keeper."""

import json
import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "dependencies.md").read_text()
LINE = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?[^#]*# *(.*)")
SHARES_ALIKE = re.compile(r"(?<!L)GPL")


def named(place: str) -> dict[str, str]:
    """Package → reason."""
    lines = (ROOT / "requirements" / f"{place}.in").read_text().splitlines()
    return {found[1]: found[2].strip() for line in lines if not line.startswith("-") and (found := LINE.match(line))}


def on_page(heading: str) -> dict[str, list[str]]:
    """Package → reason, license, keeper, as the table below a heading says them."""
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]
    return {name: more for name, *more in rows[2:]}


@pytest.mark.parametrize(("place", "heading"), [("main", "What runs"), ("dev", "What tests, formats and judges")])
def test_each_package_stands_there_with_its_reason(place, heading):
    assert {name: more[0] for name, more in on_page(heading).items()} == named(place)
    locked = (ROOT / "requirements" / f"{place}.txt").read_text()
    missing = [name for name in named(place) if not re.search(rf"(?im)^{re.escape(name)}(\[[^\]]*\])?==", locked)]
    assert missing == []


def test_what_comes_from_npm_stands_there():
    ours = json.loads((ROOT / "package.json").read_text())
    assert set(on_page("From npm")) == set(ours["dependencies"]) | set(ours["devDependencies"])


@pytest.mark.parametrize("heading", ["What runs", "What tests, formats and judges"])
def test_each_license_is_the_one_that_the_package_names(heading):
    wrong = []
    for name, (_why, license_said, keeper) in on_page(heading).items():
        said = metadata(name)
        own = " ".join(
            [said.get("License-Expression") or "", said.get("License") or "", *said.get_all("Classifier", [])]
        )
        family = re.match(r"[A-Za-z]+", license_said)
        if not keeper or family is None or family[0].lower() not in own.lower():
            wrong.append((name, license_said))
    assert wrong == []


def test_nothing_that_runs_must_be_shared_alike():
    """The portal is under BSD: a package under GPL would put it under GPL."""
    assert [name for name, more in on_page("What runs").items() if SHARES_ALIKE.search(more[1])] == []
