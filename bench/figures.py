"""What was measured, as a table for people and a JSON line a figure for programs."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing. `ratio` is to the bare Django page of the same run."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    words: str = ""


def show(figures: list[Figure]) -> str:
    rows = [("figure", "value", "ratio", "")]
    rows += [
        (figure.name, f"{figure.value:.1f} {figure.unit}", f"{figure.ratio:.1f}" if figure.ratio else "", figure.words)
        for figure in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [line([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]) for row in rows]
    lines.insert(1, line(["-" * width for width in widths]))
    known = [{name: value for name, value in asdict(figure).items() if value not in (None, "")} for figure in figures]
    return "\n".join([*lines, "", *map(json.dumps, known)])


def line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
