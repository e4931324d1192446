"""Any consultant who fits: whose times are offered together, and who of those free at a start takes the call.

The case's own consultant comes first, then whoever has the fewest calls to come, then the name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Protocol
from uuid import UUID
from zlib import crc32

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bookings import availability, offers, picker, rules, slots, whose_clock
from bookings.models import Consultation, Hold, Practice
from bookings.practices import hours_since, words_in
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.models import Assignment, Case
from portal import ready, when
from portal.accounts.models import User
from portal.errors import Refused

ANYONE = "anyone"


def code_of(word: str) -> str:
    """A word of what somebody knows best, as an address may carry it: no health word stands there."""
    return f"{crc32(word.casefold().encode()):08x}"


@dataclass(frozen=True)
class Fit:
    """What is asked of a consultant: a language, and one of the things they know best, by its code."""

    speaks: str = ""
    knows: str = ""

    def suits(self, practice: Practice) -> bool:
        languages = {word.casefold() for word in words_in(practice.languages)}
        known = {code_of(word) for word in words_in(practice.specialties)}
        return (not self.speaks or self.speaks.casefold() in languages) and (not self.knows or self.knows in known)

    def wish(self) -> dict[str, str]:
        """As an address carries it: what is not asked for is left out."""
        asked = {"with": ANYONE, "speaks": self.speaks, "knows": self.knows}
        return {name: word for name, word in asked.items() if word}


def taking_bookings(user: Any, case: Case, now: datetime) -> list[Practice]:
    """The consultants who can be booked, by name; each says whether they are in the case and what is to come. Of who
    they are only the name is read along.
    """
    found = TAKING.lists(case, reader=user, case=case.pk, now=now, since=hours_since(now))["practices"]
    return [_practice(row) for row in found]


class Bookable(NamedTuple):
    """One of them, as a page names them to choose from: fifty sets of terms are more than it needs."""

    pk: UUID
    languages: str
    specialties: str
    name: str
    is_own: bool
    to_come: int


def bookable(user: Any, case: Case, now: datetime) -> list[Bookable]:
    """The same consultants, by name."""
    found = NAMED.lists(case, reader=user, case=case.pk, now=now, since=hours_since(now))["practices"]
    return [Bookable(*row) for row in found]


def terms_of(keys: list[UUID]) -> QuerySet[Any]:
    """What `practices_of` makes consultants of."""
    return Practice.objects.filter(pk__in=keys).values_list(*TERMS, *NAME_FIELDS)


def practices_of(named: Iterable[Bookable], terms: Iterable[tuple[Any, ...]]) -> list[Practice]:
    """These consultants in their order; who was taken off the list meanwhile is left out."""
    known = {row[KEY]: row for row in terms}
    return [_practice((*known[one.pk], one.is_own, one.to_come)) for one in named if one.pk in known]


def _taking(reader: Any, case: UUID, now: datetime, since: date) -> dict[str, QuerySet[Any]]:
    return {"practices": _known(reader, case, now, since).values_list(*TERMS, *NAME_FIELDS, "is_own", "to_come")}


def _named(reader: Any, case: UUID, now: datetime, since: date) -> dict[str, QuerySet[Any]]:
    said = ("pk", "languages", "specialties", "consultant__name", "is_own", "to_come")
    return {"practices": _known(reader, case, now, since).values_list(*said)}


def _known(reader: Any, case: UUID, now: datetime, since: date) -> QuerySet[Practice]:
    own = Assignment.objects.filter(case=case, user=OuterRef("pk"), ended_at__isnull=True)
    calls = Consultation.objects.upcoming(now).order_by().filter(consultant=OuterRef("pk")).values("consultant")
    load = Subquery(calls.annotate(number=Count("pk")).values("number"))
    known = Practice.objects.visible_to(reader).with_hours(since).order_by("consultant__name")
    return known.annotate(is_own=Exists(own), to_come=Coalesce(load, 0))


TERMS = [field.attname for field in Practice._meta.concrete_fields]
KEY = TERMS.index(Practice._meta.pk.attname)
NAMES = ("name", "called", "role", "time_zone", "can_sign_in")  # in the order of the table
NAME_FIELDS = [f"consultant__{name}" for name in NAMES]
TAKING = ready.Ready(_taking, reader=("role", "can_sign_in"))
NAMED = ready.Ready(_named, reader=("role", "can_sign_in"))


def _practice(row: tuple[Any, ...]) -> Practice:
    *terms_and_names, is_own, to_come = row
    one: Any = Practice.from_db("default", TERMS, terms_and_names[: len(TERMS)])
    one.consultant = User.from_db("default", ["id", *NAMES], [one.pk, *terms_and_names[len(TERMS) :]])
    one.is_own, one.to_come = is_own, to_come
    return one


def in_order(practices: Iterable[Practice]) -> list[Practice]:
    """Who takes a call first: the case's own consultants, then by calls to come, then by name."""
    each: Iterable[Any] = practices
    return sorted(each, key=lambda one: (not one.is_own, one.to_come, one.consultant.name, str(one.pk)))


@dataclass
class AnyOffer(picker.Offer):
    """All that several consultants can offer together. `practices` stand in the order in which they take a call."""

    practices: Sequence[Practice] = ()
    fit: Fit = field(default_factory=Fit)

    @cached_property
    def calendars(self) -> Mapping[UUID, slots.Calendar]:
        known = self.known or {}
        others = [one for one in self.practices if one.pk not in known]
        return {**known, **availability.calendars_of(others, self.now, case=self.case, moving=self.moving)}

    def _calendars(self) -> Iterable[slots.Calendar]:
        return [self.calendars[one.pk] for one in self.practices]

    @cached_property
    def each_asks(self) -> dict[UUID, slots.Asked]:
        """What the case asks of each: the day on which its plan could be read is each one's own, and so are the closed
        days by which they read it.
        """
        assert self.case is not None
        asked, needs_plan = self.asked, self.service.needs_plan
        return {
            one.pk: replace(
                asked,
                closed=self.calendars[one.pk].closed,
                ready_on=availability.ready_on(self.case, one) if needs_plan else None,
                is_given=one.is_giving(self.service),
            )
            for one in self.practices
        }

    @cached_property
    def by_start(self) -> dict[datetime, list[Practice]]:
        """Who is free at each start, in the order in which they take a call."""
        starts: dict[datetime, list[Practice]] = defaultdict(list)
        for one in self.practices:
            for start in slots.free_starts(self.calendars[one.pk], self.each_asks[one.pk]):
                starts[start].append(one)
        return dict(starts)

    @cached_property
    def free(self) -> list[datetime]:
        return sorted(self.by_start)

    def whys(self, day: date) -> list[Why]:
        return [
            why
            for one in self.practices
            for why in picker.whys_of(self.calendars[one.pk], self.each_asks[one.pk], day, self.zone)
        ]

    def who(self, start: datetime) -> list[Practice]:
        """Those who are free then, in the order in which they take a call."""
        return self.by_start.get(start, [])

    def three(self) -> list[datetime]:
        """Those of the case's own consultants first, then others; what fits the visit comes before what does not."""
        three = super().three()
        if self.lost is not None or not self._own:
            return three
        fitting = self._fitting(self.days)
        own = self._fitting(self._own) if fitting else offers.suggested_of(self._own, self.zone)
        return sorted(own + [start for start in three if start not in own][: len(three) - len(own)])

    @cached_property
    def _own(self) -> dict[date, list[datetime]]:
        """By the reader's day, the starts that one of the case's own consultants takes."""
        own = {one.pk for one in self.practices if getattr(one, "is_own", False)}
        return offers.by_day([start for start in self.free if self.who(start)[0].pk in own], self.zone) if own else {}

    def why_not(self, start: datetime) -> Why:
        """Why nobody has this start: the reason of whoever comes nearest."""
        whys = (slots.why_not(self.calendars[one.pk], self.each_asks[one.pk], start) for one in self.practices)
        return _best(whys)

    def why_none(self, day: date) -> Why:
        whys = self.whys(day)
        if whys and Why.FREE not in whys:
            return max(whys, key=list(Why).index)
        none = [
            picker.why_nothing(self.calendars[one.pk], self.each_asks[one.pk], day, self.zone) for one in self.practices
        ]
        return max(none, key=list(Why).index)

    def wish(self) -> dict[str, str]:
        return {"service": self.service.code} | self.fit.wish()

    is_anyone = True

    def _hint(self, start: datetime) -> str:
        hint, who = super()._hint(start), self.who(start)
        if len({one.has_video for one in who}) > 1:  # who it is depends on how they talk
            return hint
        with_whom = _("With %(name)s") % {"name": who[0].consultant.first_name}
        if whose_clock.differ(who[0].zone, self.zone):
            named = {"name": who[0].consultant.first_name, "zone": when.zone_name_beside(who[0].zone, self.zone)}
            with_whom = _("With %(name)s, who is in %(zone)s") % named
        return f"{with_whom}. {hint}" if hint else with_whom

    def sentence(self, why: Why) -> str:
        theirs = {
            Why.NOT_GIVEN: _("nobody gives this kind of call"),
            Why.NO_HOURS: _("nobody has hours"),
            Why.OFF: _("everybody is away"),
            Why.FULL_DAY: _("everybody has enough calls that day"),
        }
        return theirs.get(why) or super().sentence(why)

    @property
    def name(self) -> str:
        return _("one of us")

    @property
    def has_video(self) -> bool:
        return any(one.has_video for one in self.practices)

    @property
    def notice_hours(self) -> int:
        """The shortest of theirs: what is sooner than that, nobody takes."""
        return min(one.notice_hours for one in self.practices)

    @property
    def closed(self) -> frozenset[date]:
        """The days that are closed for all of them."""
        return frozenset.intersection(*(self.calendars[one.pk].closed for one in self.practices))

    @cached_property
    def last_month(self) -> date:
        longest = max(one.horizon_days for one in self.practices)
        return (self.today + timedelta(days=longest)).replace(day=1)


def offer_of(offer: picker.Offer, practices: Sequence[Practice], fit: Fit) -> AnyOffer | None:
    """The same wish asked of all of these who fit; None where nobody does."""
    assert offer.case is not None
    fitting = in_order(one for one in practices if fit.suits(one) and one.is_giving(offer.service))
    if not fitting:
        return None
    together = AnyOffer(
        case=offer.case,
        practice=fitting[0],
        service=offer.service,
        now=offer.now,
        zone=offer.zone,
        wanted_day=offer.wanted_day,
        wanted_month=offer.wanted_month,
        lost=offer.lost,
        moving=offer.moving,
        known=offer.known,
        practices=fitting,
        fit=fit,
    )
    together.comes_on, together.asked = offer.comes_on, offer.asked
    return together


class Keeps(Protocol):
    def __call__(self, *, consultant: User) -> Hold: ...


def first_who_can(offer: picker.Offer, start: datetime, keep: Keeps, *, by_video: bool = False) -> Hold:
    """Keep the time with the consultant asked for, or with the first of those free who still is; by video, of those
    who have it. Raises JustTaken when nobody is free, Refused when none of them has video.
    """
    if not isinstance(offer, AnyOffer):
        return keep(consultant=offer.practice.consultant)
    why = offer.why_not(start)
    refused = JustTaken(rules.sentence(why if why is not Why.FREE else Why.TAKEN, offer.notice_hours), code=why)
    who = [one for one in offer.who(start) if one.has_video or not by_video]
    if offer.who(start) and not who:
        raise Refused(_("At that time nobody has video calls. Choose a phone call, or another time."), code="how")
    for one in who:
        try:
            return keep(consultant=one.consultant)
        except JustTaken as taken:
            refused = taken
    raise refused


def fit_of(offer: picker.Offer) -> Fit:
    """What is asked of anyone; of somebody named, nothing."""
    return offer.fit if isinstance(offer, AnyOffer) else Fit()


def others_before(offer: picker.Offer, practices: Sequence[Practice]) -> list[tuple[Practice, datetime]]:
    """Who else is free before the visit, each with their first time; the soonest first. Where something was asked of
    anyone, those who are not that.
    """
    fit = fit_of(offer)
    is_asked = fit.suits if fit != Fit() else lambda one: one.pk == offer.practice.pk
    others = offer_of(offer, [one for one in practices if not is_asked(one)], Fit())
    if others is None:
        return []
    found: dict[UUID, tuple[Practice, datetime]] = {}
    for start in filter(others.is_before_visit, others.free):
        for one in others.who(start):
            found.setdefault(one.pk, (one, start))
    return sorted(found.values(), key=lambda each: each[1])


def choices(practices: Sequence[Practice | Bookable]) -> dict[str, list[tuple[str, str]]]:
    """The languages and the things known best to choose from, each as (what the address carries, word)."""
    languages = {word.casefold(): word for one in practices for word in words_in(one.languages)}
    known = {code_of(word): word for one in practices for word in words_in(one.specialties)}
    return {
        "languages": sorted((word, word) for word in languages.values()),
        "specialties": sorted(known.items(), key=lambda each: each[1]),
    }


def said(fit: Fit, known: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """What was asked for, in the words of these choices; other words of an address are not repeated on a page."""
    languages = [word for _value, word in known["languages"] if word.casefold() == fit.speaks.casefold()]
    return languages + [word for value, word in known["specialties"] if value == fit.knows]


def _best(whys: Iterable[Why]) -> Why:
    found = set(whys)
    return Why.FREE if Why.FREE in found else max(found, key=list(Why).index)
