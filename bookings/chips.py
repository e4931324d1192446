"""The links around the times: another kind of call, a language, what somebody knows best. Each keeps the rest."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bookings.anyone import Fit
from bookings.models import Service


class Chip(NamedTuple):
    href: str
    label: str
    is_on: bool = False


def of_services(services: Iterable[Service], chosen: Service, wish: Mapping[str, str]) -> list[Chip]:
    """The kinds of call, for whomever was chosen. `label` is the name alone: the page adds the minutes."""
    return [Chip(_to({**wish, "service": each.code}), each.name, each == chosen) for each in services]


def of_fits(service: Service, fit: Fit, known: Mapping[str, list[tuple[str, str]]]) -> dict[str, list[Chip]]:
    """The languages and the things known best; where one is chosen, the way back to any comes first."""
    wish = {"service": service.code, **fit.wish()}
    return {
        "languages": _of(wish, "speaks", fit.speaks, known["languages"], _("Any language")),
        "specialties": _of(wish, "knows", fit.knows, known["specialties"], _("Anything")),
    }


def _of(wish: dict[str, str], name: str, chosen: str, known: list[tuple[str, str]], anything: str) -> list[Chip]:
    others = {key: word for key, word in wish.items() if key != name}
    back = [Chip(_to(others), anything)] if chosen and known else []
    same = chosen.casefold()
    return back + [Chip(_to({**others, name: value}), word, value.casefold() == same) for value, word in known]


def _to(wish: Mapping[str, str]) -> str:
    return "?" + urlencode(wish)
