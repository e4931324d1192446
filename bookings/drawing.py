"""The many small parts of the page of times, each row of them drawn at once: fifty consultants, a day's times."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from bookings.models import Practice
from cases.case.models import Case

BUTTON = (
    '<button class="rs-btn rs-btn--2" type="submit" name="slot" value="{}">{}<span class="rs-hide">, {}</span></button>'
)


def buttons(times: Iterable[Mapping[str, str]], day: str) -> SafeString:
    """A button for each time of a day, which is said in hidden words."""
    return format_html_join("", BUTTON, ((time["value"], time["label"], day) for time in times))


def others(case: Case, practices: Sequence[Practice], service: str, chosen: Practice | None) -> dict[str, SafeString]:
    """The consultants to choose from, and the page of each. The chosen one is marked; nobody, where anyone will do."""
    if len(practices) < 2:
        return {}
    keys = [str(one.pk) for one in practices]
    page, marked = reverse("bookings:consultant", args=[case.pk, keys[0]]), str(chosen.pk) if chosen else ""
    is_chosen = SafeString(' aria-current="true"')
    each: list[tuple[Any, ...]] = [
        (service, key, is_chosen if key == marked else "", one.consultant.name)
        for key, one in zip(keys, practices, strict=True)
    ]
    return {
        "choices": format_html_join("", '<li><a href="?service={}&amp;with={}"{}>{}</a></li>', each),
        "pages": format_html_join(
            ", ", '<a href="{}">{}</a>', ((page.replace(keys[0], key), name) for _, key, _, name in each)
        ),
    }
