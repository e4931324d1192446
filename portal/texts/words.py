"""Reading the newest words and facts."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from portal import clock
from portal.once import is_page, once, told
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
    found = _in_language(holding(*kinds, language=language), language)
    for other in (kinds - {kind}) & found.keys():
        once(("text", other, language), lambda read=found[other]: read)
    if kind not in found:
        raise Text.DoesNotExist
    return found[kind]


def holding(*kinds: str, language: str) -> QuerySet[Text]:
    """The versions of these wordings that hold now, in a language and in English."""
    found = Text.objects.filter(kind__in=kinds, language__in={language, "en"}, from_at__lte=clock.now())
    return found.order_by("kind", "language", "-version").distinct("kind", "language")


def _in_language(found: Iterable[Text], language: str) -> dict[str, Text]:
    """By their kinds, in English where the language has none."""
    return {each.kind: each for each in sorted(found, key=lambda each: each.language == language)}


def beside(*kinds: str) -> dict[str, QuerySet[Any]]:
    """What `text` of these kinds, `organisation` and `days_typed_in` read, to be read beside other things."""
    newest, days = Organisation.objects.order_by("-from_at", "-id")[:1], Holiday.objects.order_by()
    return {"texts": holding(*kinds, language=get_language() or "en"), "house": newest, "days": days}


def answers(found: Mapping[str, list[Any]]) -> dict[Hashable, object]:
    """What `beside` found, as `once` knows it."""
    language = get_language() or "en"
    texts = _in_language(found["texts"], language)
    known: dict[Hashable, object] = {("text", kind, language): each for kind, each in texts.items()}
    known["organisation"] = house = next(iter(found["house"]), None)
    known["days typed in"] = [(day.region, day.on_date) for day in found["days"]]
    if house is not None:
        house.days_typed_in = [{"region": day.region, "on": day.on_date.isoformat()} for day in found["days"]]
    return known


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
    return once("organisation", _read_newest)


def _read_newest() -> Any:
    return house().first() if is_page() else Organisation.objects.order_by("from_at", "id").last()


def house() -> QuerySet[Organisation]:
    """The facts that hold now with every day that was typed in, as a page asks for them."""
    days = Holiday.objects.values(day=JSONObject(region="region", on="on_date"))
    return Organisation.objects.order_by("-from_at", "-id").annotate(days_typed_in=ArraySubquery(days))[:1]


def tell_house(found: Iterable[Organisation]) -> None:
    """A page read `house()` along with something else, and does not ask again."""
    told({"organisation": next(iter(found), None)})
