"""What was typed and could not be saved: said in one line beside the fields, or shown whole on a page to copy from."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.opinions.checklist import POINTS
from cases.reviews.forms import shown
from cases.reviews.models import Review, Section
from cases.reviews.rules import PARTS

DRAFT = "review"  # a form that came after the sign-in was over, about the case
OPTION = re.compile(r"option-\d{1,2}-(?:name|\d{1,2}-text)")


def gone() -> str:
    return _("This plan is not with you any more.")


def refused(request: HttpRequest, reason: str, *, review: Review | None = None, status: int) -> HttpResponse:
    """Why it was not saved. Under htmx one line, the words stay in their fields; else a page with all that was typed.

    `review`: where what is saved can be read, for who may.
    """
    page: dict[str, Any] = {"reason": reason, "review": review}
    page["href"] = review.get_absolute_url() if review else reverse("reviews:queue")
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reviews/_not_saved.html", page, status=status)
    return render(request, "reviews/not_saved.html", page | {"typed": list(words_of(request.POST))}, status=status)


def words_of(sent: QueryDict) -> Iterator[tuple[str, str]]:
    """All words of the form, each with the name of its field; of a form of which nothing else is known."""
    asked = shown(sent)
    fields: list[tuple[str, str]] = [(f"answer-{number}", question) for number, question in enumerate(asked)]
    fields += [(code, str(PARTS[code])) for code in (Section.Code.PLAIN, Section.Code.WORDS)]
    for point in POINTS:
        fields += [(f"{point.code}-{what}", str(point.title)) for what in ("note", "question")]
    fields += [(Section.Code.QUESTIONS, str(PARTS[Section.Code.QUESTIONS]))]
    fields += [(name, str(PARTS[Section.Code.OPTIONS])) for name in sent if OPTION.fullmatch(name)]
    fields += [(Section.Code.PRIVATE, str(PARTS[Section.Code.PRIVATE]))]
    for name, label in fields:
        if words := sent.get(name, "").strip():
            yield label, words


def late(typed: Mapping[str, Mapping[str, Any]]) -> QueryDict | None:
    """The fields of a form that came too late, as it was sent; out of all that was kept, by form."""
    found = typed.get(DRAFT)
    if not found:
        return None
    sent = QueryDict(mutable=True)
    for name, value in found.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return sent
