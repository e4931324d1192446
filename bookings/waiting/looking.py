"""What got free since the last look, whom it suits, and telling them: one message each, once for each time.

Whatever freed a time (a call canceled or moved, new hours, a hold that ended) shows in the difference of two looks, so
nothing has to call here, and a beat that was away loses only the times that came and went.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bookings import anyone, asked_notices, availability, slots
from bookings.models import Consultation, Practice, Service
from bookings.slots import Why
from bookings.waiting import looks, notices, overtaken
from bookings.waiting.ending import EARLIER, end_over
from bookings.waiting.looks import Free
from bookings.waiting.models import FreeTimes, ToldTime, Wish
from bookings.waiting.rules import MOST_A_DAY, suits
from cases.case.actions import ask_to_do
from portal import clock
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.reminders.models import Outcome, Reminder
from portal.reminders.rules import QUIET_UNTIL, at_wall, local_day

Found = tuple[Practice, datetime]


def call_of(wish: Wish, now: datetime) -> Consultation | None:
    """The booked call that an earlier time would take the place of, or None."""
    if wish.call_id is None:
        return None
    known = Consultation.objects.upcoming(now).filter(pk=wish.call_id, starts_at__gt=now)
    return known.select_related("consultant", "service").first()


def practices_for(wish: Wish, call: Consultation | None, known: Sequence[Practice]) -> list[Practice]:
    """Whose times count: of whom she named, with a call booked its own consultant; else of anyone who fits."""
    wanted = call.consultant_id if call and wish.consultant_id else wish.consultant_id
    fit = fit_of(wish)
    return [one for one in known if (fit.suits(one) if wanted is None else one.pk == wanted)]


def fit_of(wish: Wish) -> anyone.Fit:
    """What she asks of anyone."""
    return anyone.Fit(speaks=wish.speaks, knows=wish.knows)


def fits_nobody(wish: Wish, known: Sequence[Practice]) -> bool:
    """Whether she asks of anyone what none of these is who gives her kind of call."""
    fit = fit_of(wish)
    return fit != anyone.Fit() and not any(fit.suits(one) and one.is_giving(wish.service) for one in known)


def working() -> list[Practice]:
    return list(Practice.objects.working().select_related("consultant").order_by("pk"))


def _free_now(practices: Sequence[Practice], services: Sequence[Service], now: datetime) -> Free:
    """What is free for somebody whose plan is there already: each wish is judged by its own case after that."""
    calendars = availability.calendars_of(practices, now)
    free = {}
    for practice, service in product(practices, services):
        asked = replace(availability.asked_by_anyone(practice, service, now), ready_on=date.min)
        free[practice, service] = slots.free_starts(calendars[practice.pk], asked)
    return free


def begin(now: datetime) -> list[Practice]:
    """Somebody begins to wait: what is free already is no news. What was looked at for others stays as it is."""
    practices, services = working(), list(Service.objects.all())
    known = set(FreeTimes.objects.filter(wish=None).values_list("practice", "service"))
    missing = [one for one in practices if any((one.pk, service.pk) not in known for service in services)]
    if missing:
        looks.keep_new(_free_now(missing, services, now), now)
    return practices


def _remember(
    kept: Sequence[FreeTimes], practices: Sequence[Practice], services: Sequence[Service], now: datetime
) -> Free:
    """Keep what is free now, and give what was not free at the last look. What was never looked at gives nothing."""
    before = {(row.practice_id, row.service_id): row for row in kept if row.wish_id is None}
    freed: Free = {}
    for (practice, service), starts in _free_now(practices, services, now).items():
        row = before.get((practice.pk, service.pk))
        if row is None:
            looks.keep_new({(practice, service): starts}, now)
        elif new_ones := looks.renew(row, practice, starts, now):
            freed[practice, service] = new_ones
    return freed


def look(now: datetime) -> int:
    """Tell everybody for whom a time got free; returns how many were. Twice, or late, nobody hears of a time twice."""
    end_over(now)
    overtaken.tell_left(now)
    with transaction.atomic():  # after the other: that one locks wishes first, and this one what was free
        return _look(now)


def _look(now: datetime) -> int:
    wishes = list(Wish.objects.open().select_related("case__patient", "service", "consultant").order_by("pk"))
    if not wishes:
        FreeTimes.objects.all().delete()
        return 0
    FreeTimes.objects.filter(wish__ended_at__isnull=False).delete()
    practices, kept = working(), _locked_looks()
    freed = _remember(kept, practices, list(Service.objects.all()), now)
    calls = {wish.pk: call for wish in wishes if (call := call_of(wish, now))}
    as_moved = {wish.pk: _as_moved(wish, calls[wish.pk], kept, practices, now) for wish in wishes if wish.pk in calls}
    overtaken.drop_taken()
    return sum(_tell(wish, calls.get(wish.pk), freed | as_moved.get(wish.pk, {}), now) for wish in wishes)


def _as_moved(
    wish: Wish, call: Consultation, kept: Sequence[FreeTimes], practices: Sequence[Practice], now: datetime
) -> Free:
    """What got free with the call's own consultant as if it moved: in place of what anybody could have of them."""
    own = next((one for one in practices if one.pk == call.consultant_id), None)
    if own is None:
        return {}
    row = next((row for row in kept if row.wish_id == wish.pk), None)
    new_ones = looks.as_moved(wish, call, own, row, now)
    return {} if new_ones is None else {(own, wish.service): new_ones}


def times_for(wish: Wish, call: Consultation | None, known: Sequence[Practice], now: datetime) -> list[Found]:
    """The free times that suit, soonest first; each with who takes it first."""
    service = wish.service
    before = call.starts_at if call else None
    wanted = practices_for(wish, call, known)
    calendars = availability.calendars_of(wanted, now, case=wish.case, moving=call)
    found: dict[datetime, Practice] = {}
    for one in wanted:
        asked = availability.asked_for(wish.case, one, service, now, moving=call)
        for start in slots.free_starts(calendars[one.pk], asked):
            if suits(wish, start, before):
                found.setdefault(start, one)
    return [(found[start], start) for start in sorted(found)]


def _tell(wish: Wish, call: Consultation | None, freed: Free, now: datetime) -> int:
    service, before = wish.service, call.starts_at if call else None
    whose = practices_for(wish, call, [practice for practice, of in freed if of == service])
    likely = {one: [at for at in freed[one, service] if suits(wish, at, before)] for one in whose}
    # Locked and read again: somebody may book, or take the wish back, at this moment.
    if not any(likely.values()) or not _still_open(wish):
        return 0
    news = _not_told(wish, _bookable(wish, call, service, likely, now))
    if not news:
        return 0
    wish.times_told += 1
    wish.save(update_fields=["times_told"])
    ToldTime.objects.bulk_create(
        [
            ToldTime(
                wish=wish, consultant_id=one.pk, service=service, starts_at=at, told_at=now, version=wish.times_told
            )
            for one, at in news
        ],
        update_conflicts=True,
        unique_fields=["wish", "consultant", "starts_at"],
        update_fields=["service", "told_at", "version"],
    )
    if asked_notices.is_written_to(wish.case.patient):
        notices.plan_telling(wish, max(at for _one, at in news), _too_many_until(wish, now), now)
    else:
        ask_to_do(EARLIER, wish, case=wish.case, due_on=clock.today(wish.zone), by=SYSTEM)
    record(SYSTEM, "earlier_time.told", wish, patient=wish.case.patient_id, case=wish.case_id)
    return 1


def _locked_looks() -> list[FreeTimes]:
    return list(FreeTimes.objects.select_for_update().order_by("pk"))


def _still_open(wish: Wish) -> bool:
    return Wish.objects.open().select_for_update(of=("self",)).filter(pk=wish.pk).exists()


def _bookable(
    wish: Wish, call: Consultation | None, service: Service, likely: dict[Practice, list[datetime]], now: datetime
) -> list[Found]:
    calendars = availability.calendars_of(list(likely), now, case=wish.case, moving=call)
    found = []
    for one, starts in likely.items():
        asked = availability.asked_for(wish.case, one, service, now, moving=call)
        found += [(one, at) for at in starts if slots.why_not(calendars[one.pk], asked, at) is Why.FREE]
    return found


def _not_told(wish: Wish, found: list[Found]) -> list[Found]:
    """Without what she was told of, or is about to be: a time that comes and goes is no news. What was planned and
    never went out, because the time was gone by then, may be told.
    """
    rows = Reminder.objects.about(wish).filter(Q(settled_at=None) | Q(settled_as=Outcome.SENT))
    told = ToldTime.objects.filter(wish=wish)
    if asked_notices.is_written_to(wish.case.patient):
        told = told.filter(Exists(rows.filter(version__gte=OuterRef("version"))))
    known = set(told.values_list("consultant", "starts_at"))
    return [(one, at) for one, at in found if (one.pk, at) not in known]


def _too_many_until(wish: Wish, now: datetime) -> datetime | None:
    """The next morning, once she has had the most messages of a day; else None."""
    today = at_wall(local_day(now, wish.zone), time.min, wish.zone)
    sent = Reminder.objects.about(wish).filter(settled_as=Outcome.SENT, settled_at__gte=today)
    if sent.count() < MOST_A_DAY:
        return None
    return at_wall(local_day(now, wish.zone) + timedelta(days=1), QUIET_UNTIL, wish.zone)
