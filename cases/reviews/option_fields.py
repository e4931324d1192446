"""The fields of the options in the form of a review: as many as there are, and empty ones to write in."""

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.reviews import options
from cases.reviews.options import Kind, Option, Point

NAMED = re.compile(r"option-(\d{1,2})-(?:key|name|(\d{1,2})-(?:kind|text|page))")
FRESH = (Kind.FOR, Kind.AGAINST, Kind.UNKNOWN)  # what an empty option offers to write
AREA = {"rows": 2}


class OptionFields:
    """Adds fields to a form, and reads them back: option-0-name, option-0-1-kind, option-0-1-text, option-0-1-page."""

    def __init__(self, form: forms.Form, stored: list[Option]):
        self.form, self.stored = form, stored
        if form.is_bound:
            self.rows = self._sent()
            for number, points in self.rows.items():
                self._add(number, None, points)
        else:
            self.rows = {}
            fresh = Option(uuid.uuid4(), "", tuple(Point(kind, "") for kind in FRESH))
            for number, option in enumerate([*stored, fresh][: options.MOST]):
                points = option.points if option is fresh else (*option.points, Point(Kind.FOR, ""))
                self.rows[number] = list(range(len(points)))
                self._add(number, Option(option.key, option.name, points), self.rows[number])

    def _sent(self) -> dict[int, list[int]]:
        found: dict[int, set[int]] = {}
        for name in self.form.data:
            if match := NAMED.fullmatch(name):
                points = found.setdefault(int(match[1]), set())
                points |= {int(match[2])} if match[2] else set()
        most = sorted(found)[: options.MOST]
        return {number: sorted(found[number])[: options.MOST_POINTS] for number in most}

    def _add(self, number: int, option: Option | None, points: list[int]) -> None:
        fields, name = self.form.fields, f"option-{number}"
        fields[f"{name}-key"] = forms.UUIDField(
            initial=option and option.key, required=False, widget=forms.HiddenInput({"data-key": True})
        )
        fields[f"{name}-name"] = forms.CharField(
            label=_("Option"), initial=option and option.name, required=False, max_length=options.LONGEST_NAME
        )
        for place in points:
            point = option.points[place] if option else None
            each = f"{name}-{place}"
            fields[f"{each}-kind"] = forms.ChoiceField(
                label=_("What it says"), choices=Kind.choices, initial=point and point.kind, required=False
            )
            fields[f"{each}-text"] = forms.CharField(
                label=_("Point"),
                initial=point and point.text,
                required=False,
                max_length=options.LONGEST,
                widget=forms.Textarea(AREA),
            )
            fields[f"{each}-page"] = forms.IntegerField(
                label=_("Page"),
                initial=point and point.page,
                required=False,
                min_value=1,
                max_value=self.form.review.pages,  # type: ignore[attr-defined]
            )

    @property
    def is_wrong(self) -> bool:
        """Whether something in the fields cannot stand; then what is stored stays."""
        return any(name.startswith("option-") for name in self.form.errors)

    def typed(self) -> list[Option]:
        """The options as typed; rows without words are none. What cannot stand leaves what is stored."""
        if self.is_wrong:
            return self.stored
        said = self.form.cleaned_data
        found = []
        for number, places in self.rows.items():
            name = f"option-{number}"
            points = tuple(
                Point(said[f"{name}-{place}-kind"] or Kind.FOR, _even(text), said[f"{name}-{place}-page"])
                for place in places
                if (text := said.get(f"{name}-{place}-text", "").strip())
            )
            called = said.get(f"{name}-name", "").strip()
            if called or points:
                found.append(Option(said.get(f"{name}-key") or uuid.uuid4(), called, points))
        return _once(found)

    def as_rows(self) -> list[dict[str, Any]]:
        """The fields for the page."""
        return [
            {
                "number": number,
                "key": self.form[f"option-{number}-key"],
                "name": self.form[f"option-{number}-name"],
                "points": [
                    {what: self.form[f"option-{number}-{place}-{what}"] for what in ("kind", "text", "page")}
                    for place in places
                ],
            }
            for number, places in self.rows.items()
        ]


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _once(found: list[Option]) -> list[Option]:
    """No key twice, whatever was sent: the second option gets one of its own."""
    seen: set[uuid.UUID] = set()
    kept = []
    for option in found:
        key = uuid.uuid4() if option.key in seen else option.key
        seen.add(key)
        kept.append(Option(key, option.name, option.points))
    return kept
