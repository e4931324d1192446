"""Reading the newest words and facts."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from portal import clock
from portal.once import is_page, once
from portal.texts.models import Holiday, Organisation, Text


def text(kind: str, language: str | None = None) -> Text:
    """The version of a wording that holds now, in the reader's language or else in English; once a page.

    Raises Text.DoesNotExist for a kind without any version.
    """
    language = language or get_language() or "en"
    return once(("text", kind, language), lambda: _holding(kind, language))


def _holding(kind: str, language: str) -> Text:
    """One query. On a page it reads along what stands at the foot of nearly every one."""
    kinds = {kind, str(Text.Kind.SCOPE_SHORT)} if is_page() else {kind}
    holding = Text.objects.filter(kind__in=kinds, language__in={language, "en"}, from_at__lte=clock.now())
    newest = holding.order_by("kind", "language", "-version").distinct("kind", "language")
    found = {(each.kind, each.language): each for each in newest}
    for other in kinds - {kind}:
        if read := found.get((other, language)) or found.get((other, "en")):
            once(("text", other, language), lambda read=read: read)
    try:
        return found.get((kind, language)) or found[kind, "en"]
    except KeyError:
        raise Text.DoesNotExist from None


def organisation() -> Organisation:
    """The facts that hold now; an empty set of facts before the first were typed in."""
    return _newest() or Organisation(from_at=clock.now())


def days_typed_in() -> list[tuple[str, date]]:
    """Every closed day that was typed in, with its region. One query; none on a page, which tells the organisation's
    facts as well: they come together.
    """
    newest = _newest() if is_page() else None
    if newest:
        return [(day["region"], date.fromisoformat(day["on"])) for day in newest.days_typed_in]
    return once("days typed in", lambda: list(Holiday.objects.values_list("region", "on_date")))


def _newest() -> Any:
    facts = Organisation.objects.order_by("from_at", "id")
    if is_page():
        days = Holiday.objects.values(day=JSONObject(region="region", on="on_date"))
        facts = facts.annotate(days_typed_in=ArraySubquery(days))
    return once("organisation", facts.last)
