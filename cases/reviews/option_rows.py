"""Options and their points as rows."""

from collections.abc import Sequence
from uuid import UUID

from cases.reviews import options
from cases.reviews.models import OptionLine, Review, Section
from cases.reviews.options import Option, Point


def options_of(review: Review) -> list[Option]:
    """The options with their points; those written as lines of text, too."""
    rows = sorted(review.option_lines.all(), key=lambda row: row.place)
    if not rows:
        return options.from_text(review.texts.get(Section.Code.OPTIONS, ""))
    names = {row.option: row.text for row in rows if row.kind == OptionLine.Kind.NAME}
    points: dict[UUID, list[Point]] = {row.option: [] for row in rows}
    for row in rows:
        if row.kind != OptionLine.Kind.NAME:
            points[row.option].append(Point(row.kind, row.text, row.page))
    return [Option(key, names.get(key, ""), tuple(said)) for key, said in points.items()]


def add_options(review: Review, choices: Sequence[Option]) -> None:
    """All lines anew, once the old ones are gone."""
    said = []
    for option in choices:
        said += [(option.key, OptionLine.Kind.NAME, option.name, None)] if option.name else []
        said += [(option.key, point.kind, point.text, point.page) for point in option.points]
    rows = [
        OptionLine(review=review, option=key, place=place, kind=kind, text=text, page=page)
        for place, (key, kind, text, page) in enumerate(said)
    ]
    OptionLine.objects.bulk_create(rows)
