"""The frozen form of a summary: what was shared, as plain data, and how it is laid out for reading. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.opinions.checklist import BY_CODE
from cases.reviews.explained import Marker, explained
from cases.reviews.lines import Line, lines
from cases.reviews.options import Kind, Option, from_text
from cases.reviews.options import frozen as frozen_options

Body = dict[str, Any]
FORM = 2  # raised when the frozen form changes, so that an old summary is still read as it was shared
# The parts in the order of the page; a question about a summary names one of them.
HEADINGS: dict[str, str | Promise] = {
    "answers": gettext_lazy("Your questions"),
    "steps": gettext_lazy("What your doctor suggests"),
    "missing": gettext_lazy("What the plan doesn’t say"),
    "questions": gettext_lazy("More questions you can ask"),
    "options": gettext_lazy("What each option asks and gives"),
    "words": gettext_lazy("Words you may hear"),
}


def compose(
    *,
    texts: Mapping[str, str],
    answers: Iterable[tuple[str, str]],
    missing: Iterable[tuple[str, str, str]],
    options: Iterable[Option] = (),
    plan: Mapping[str, Any],
    reader: str,
) -> Body:
    """Freeze a review: `answers` are (question, answer), `missing` are (point code, note, question).

    "options" is a flat list of {heading: the option's name, kind: is, for, against or unknown, text, page}. In form 1
    lines had no kind: they say what an option is.
    """
    return {
        "form": FORM,
        "plan": dict(plan),
        "reader": reader,
        "answers": [{"question": asked, "lines": _plain(lines(said))} for asked, said in answers if said.strip()],
        "steps": _plain(lines(texts.get("plain", ""))),
        "missing": [{"code": code, "note": note, "question": ask} for code, note, ask in missing],
        "questions": _plain(lines(texts.get("questions", ""))),
        "options": [*frozen_options(options), *frozen_options(from_text(texts.get("options", "")))],
        "words": explained(texts.get("words", "")),
    }


def mark(body: Body, *, verb: str, number: int) -> str:
    """A digest of what a preview shows and of what sharing it means, to tell whether either moved since."""
    shown = json.dumps([verb, number, body], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()


def _plain(found: list[Line]) -> list[dict[str, Any]]:
    return [{"heading": line.heading, "text": line.text, "page": line.page} for line in found]


def missing_points(body: Body) -> list[dict[str, str]]:
    """What the plan does not say, in the words of the person now reading."""
    return [
        {
            "code": point["code"],
            "title": str(BY_CODE[point["code"]].missing),
            "note": point["note"],
            "question": point["question"] or str(BY_CODE[point["code"]].question),
        }
        for point in body["missing"]
    ]


def raised(body: Body) -> list[str]:
    """The questions the reader raised."""
    return [_whole(line) for line in body["questions"]]


def asked_for(body: Body) -> list[tuple[str, str]]:
    """The points that the plan does not say, each with its question."""
    codes = (point["code"] for point in body["missing"])
    return list(zip(codes, (point["question"] for point in missing_points(body)), strict=True))


def questions(body: Body) -> list[str]:
    """Every question the summary offers: those raised by the reader, then those for what is missing."""
    return [*raised(body), *(point["question"] for point in missing_points(body))]


def medical_lines(body: Body) -> list[dict[str, Any]]:
    """Each line that says something out of the plan, for counting how many name their page."""
    return [
        *body["steps"],
        *body["options"],
        *(line for answer in body["answers"] for line in answer["lines"]),
    ]


def everything_said(body: Body) -> str:
    """All that the patient will read, one point a line, for the reading grade."""
    said = [line["text"] for line in medical_lines(body)]
    said += [text for point in missing_points(body) for text in (point["title"], point["note"]) if text]
    said += questions(body)
    said += [entry["meaning"] for entry in body["words"]]
    return "\n".join(said)


def said(body: Body) -> dict[str, list[str]]:
    """What each part says, a point a line, to tell two versions apart."""
    return {
        "answers": [
            _joined(answer["question"], _whole(line), line["page"])
            for answer in body["answers"]
            for line in answer["lines"]
        ],
        "steps": [_joined(line["heading"], line["text"], line["page"]) for line in body["steps"]],
        "missing": [_joined(point["title"], point["note"], None) for point in missing_points(body)],
        "questions": raised(body),
        "options": [_joined(line["heading"], with_kind(line), line["page"]) for line in body["options"]],
        "words": [_joined(entry["word"], entry["meaning"], None) for entry in body["words"]],
    }


def _whole(line: Mapping[str, Any]) -> str:
    return f"{line['heading']}: {line['text']}" if line["heading"] else line["text"]


def _joined(heading: str, text: str, page: int | None) -> str:
    lead = heading if not text or heading.endswith(("?", ".", ":")) else f"{heading}:" if heading else ""
    where = _("(page %(page)s)") % {"page": page} if page is not None else ""
    return " ".join(part for part in (lead, text, where) if part)


def parts_said(body: Body) -> list[str]:
    """The parts that say something."""
    return [code for code in HEADINGS if body[code]]


def on_paper(
    body: Body, *, title: str, lead: str, scope: str, notice: str = "", changes: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The same summary as headed lists, ready for the PDF: every word translated, nothing left to decide. `changes`:
    what changed since an earlier version, as a part of its own.
    """
    answers = [
        (answer["question"], _whole(line), line["page"]) for answer in body["answers"] for line in answer["lines"]
    ]
    not_wrong = _("This doesn’t mean anything was done wrong. They are good things to ask about.")
    parts = [
        (HEADINGS["answers"], "", _items(body, answers)),
        (HEADINGS["steps"], "", _items(body, _of_lines(body["steps"]))),
        (
            HEADINGS["missing"],
            not_wrong,
            _items(body, [(point["title"], point["note"], None) for point in missing_points(body)]),
        ),
        (_("Questions you can ask"), "", _items(body, [("", text, None) for text in questions(body)])),
        (HEADINGS["options"], "", _items(body, _of_options(body))),
        (
            HEADINGS["words"],
            "",
            [
                _item(
                    Marker(()), entry["word"], entry["meaning"], None, anchor=f"word-{number}" if entry["word"] else ""
                )
                for number, entry in enumerate(body["words"], 1)
            ],
        ),
    ]
    sections = [{"heading": str(heading), "intro": intro, "items": items} for heading, intro, items in parts if items]
    if changes:
        plain = Marker(())
        items = [_item(plain, item["heading"], item["text"], None) for item in changes["items"]]
        sections.insert(0, {**changes, "items": items})
    return {"title": title, "lead": lead, "notice": notice, "scope": scope, "sections": sections}


def kind_of(line: Mapping[str, Any]) -> str:
    """What a line says of its option: for, against, unknown, or what it is."""
    return line.get("kind") or str(Kind.IS)


def with_kind(line: Mapping[str, Any]) -> str:
    """ "For: It spares the operation."; what an option is needs no word before it."""
    kind = kind_of(line)
    return line["text"] if kind == Kind.IS else f"{Kind(kind).label}: {line['text']}"


def by_option(body: Body) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each option's name with its lines, in their order."""
    return [(name, list(said)) for name, said in groupby(body["options"], key=lambda line: line["heading"])]


def _of_options(body: Body) -> list[tuple[str, str, int | None]]:
    """An option's name stands once, before its first point."""
    return [
        (name if first else "", with_kind(line), line["page"])
        for name, said in by_option(body)
        for first, line in ((line is said[0], line) for line in said)
    ]


def _of_lines(found: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int | None]]:
    return [(line["heading"], line["text"], line["page"]) for line in found]


def _items(body: Body, points: Iterable[tuple[str, str, int | None]]) -> list[dict[str, Any]]:
    marker = Marker(body["words"])
    return [_item(marker, heading, text, page) for heading, text, page in points]


def _item(marker: Marker, heading: str, text: str, page: int | None, anchor: str = "") -> dict[str, Any]:
    """A point; its words in pieces, of which some lead to their explanation, which stands at its anchor."""
    shown = _("Page %(page)s") % {"page": page} if page is not None else ""
    return {
        "heading": heading,
        "heading_pieces": marker.pieces(heading),
        "text": text,
        "pieces": marker.pieces(text),
        "page": shown,
        "anchor": anchor,
    }
