"""The frozen form of a summary: what was shared, as plain data, and how it is laid out for reading. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.opinions.checklist import BY_CODE
from cases.reviews.lines import Line, lines

Body = dict[str, Any]
FORM = 1  # raised when the frozen form changes, so that an old summary is still read as it was shared


def compose(
    *,
    texts: Mapping[str, str],
    answers: Iterable[tuple[str, str]],
    missing: Iterable[tuple[str, str, str]],
    plan: Mapping[str, Any],
    reader: str,
) -> Body:
    """Freeze a review: `answers` are (question, answer), `missing` are (point code, note, question)."""
    return {
        "form": FORM,
        "plan": dict(plan),
        "reader": reader,
        "answers": [{"question": asked, "lines": _plain(lines(said))} for asked, said in answers if said.strip()],
        "steps": _plain(lines(texts.get("plain", ""))),
        "missing": [{"code": code, "note": note, "question": ask} for code, note, ask in missing],
        "questions": _plain(lines(texts.get("questions", ""))),
        "options": _plain(lines(texts.get("options", ""))),
        "words": [
            {"word": line.heading, "meaning": line.text} for line in lines(texts.get("words", "")) if line.heading
        ],
    }


def _plain(found: list[Line]) -> list[dict[str, Any]]:
    return [{"heading": line.heading, "text": line.text, "page": line.page} for line in found]


def missing_points(body: Body) -> list[dict[str, str]]:
    """What the plan does not say, in the words of the person now reading."""
    return [
        {
            "title": str(BY_CODE[point["code"]].missing),
            "note": point["note"],
            "question": point["question"] or str(BY_CODE[point["code"]].question),
        }
        for point in body["missing"]
    ]


def raised(body: Body) -> list[str]:
    """The questions the reader raised."""
    return [f"{line['heading']}: {line['text']}" if line["heading"] else line["text"] for line in body["questions"]]


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
    said += [point["title"] for point in missing_points(body)] + questions(body)
    said += [entry["meaning"] for entry in body["words"]]
    return "\n".join(said)


def on_paper(body: Body, *, title: str, lead: str, scope: str, notice: str = "") -> dict[str, Any]:
    """The same summary as headed lists, ready for the PDF: every word translated, nothing left to decide."""
    parts = [
        (
            _("Your questions"),
            "",
            [
                _item(answer["question"], line["text"], line["page"])
                for answer in body["answers"]
                for line in answer["lines"]
            ],
        ),
        (
            _("What your doctor suggests"),
            "",
            [_item(step["heading"], step["text"], step["page"]) for step in body["steps"]],
        ),
        (
            _("What the plan doesn’t say"),
            _("This doesn’t mean anything was done wrong. They are good things to ask about."),
            [_item(point["title"], point["note"], None) for point in missing_points(body)],
        ),
        (_("Questions you can ask"), "", [_item("", text, None) for text in questions(body)]),
        (
            _("What each option asks and gives"),
            "",
            [_item(line["heading"], line["text"], line["page"]) for line in body["options"]],
        ),
        (
            _("Words you may hear"),
            "",
            [_item(entry["word"], entry["meaning"], None) for entry in body["words"]],
        ),
    ]
    return {
        "title": title,
        "lead": lead,
        "notice": notice,
        "scope": scope,
        "sections": [{"heading": heading, "intro": intro, "items": items} for heading, intro, items in parts if items],
    }


def _item(heading: str, text: str, page: int | None) -> dict[str, str]:
    shown = _("Page %(page)s") % {"page": page} if page is not None else ""
    return {"heading": heading, "text": text, "page": shown}
