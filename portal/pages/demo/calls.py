"""The call of a story: booked, canceled, read for, held."""

import datetime as dt
from collections.abc import Callable, Iterator

from bookings import actions as bookings
from bookings import availability
from bookings.models import Consultation, Practice, Service
from cases.opinions.checklist import POINTS
from cases.reviews import actions as reviews
from cases.reviews import writing
from cases.reviews.models import Review, Section
from portal import clock
from portal.actors import Actor
from portal.pages.demo.reviews import REVIEWS
from portal.pages.demo.told import Told


def of_story(told: Told) -> Iterator[tuple[float, Callable[[], object]]]:
    story, talk_in = told.story, told.story.talk_in or 0
    booked = max(min(story.began - 4, story.began), 0)
    yield booked, lambda: _book(told)
    if story.talk_canceled:
        yield 1, lambda: bookings.cancel(_consultation(told), by=told.teller)
    if story.review:
        yield max(-talk_in + 1, 1), lambda: _write(told)
    if talk_in < 0:
        yield max(-talk_in - 1, 0), lambda: _after_the_talk(told)


def _book(told: Told) -> None:
    story, now = told.story, clock.now()
    practice = Practice.objects.get(consultant=told.consultant)
    service = Service.objects.get(code=story.service)
    wanted = told.today + dt.timedelta(days=story.talk_in or 0)
    starts_at = _nearest(availability.free_starts(told.case, practice, service, now), wanted, practice)
    held = bookings.hold(
        case=told.case,
        consultant=told.consultant,
        service=service,
        starts_at=starts_at,
        how="phone" if story.by_phone else "video",
        by=told.teller,
    )
    said = {"how": "phone"} if story.by_phone else {}  # read out, and heard
    hope = story.asks or story.matters
    bookings.book(hold=held, accepts_scope=True, may_read=True, hope=hope, **said, by=told.teller)


def _nearest(starts: list[dt.datetime], wanted: dt.date, practice: Practice) -> dt.datetime:
    """The first free start on a day to come or after it; for a day that is over, the last one up to it."""
    ahead = [start for start in starts if start.astimezone(practice.zone).date() >= wanted]
    before = [start for start in starts if start.astimezone(practice.zone).date() <= wanted]
    is_over = wanted < clock.real_now().astimezone(practice.zone).date()
    return before[-1] if is_over and before else ahead[0]


def _consultation(told: Told) -> Consultation:
    return Consultation.objects.select_related("case__patient", "consultant", "service").get(case=told.case)


def _write(told: Told) -> None:
    """The consultant reads the plan and writes; where the story says so, the summary is shared."""
    reader, written = Actor.person(told.consultant), REVIEWS[told.story.plan]
    review = reviews.take(Review.objects.get(case=told.case), by=reader)
    bodies = {
        Section.Code.PLAIN: written.plain,
        Section.Code.WORDS: written.words,
        Section.Code.QUESTIONS: written.questions,
        Section.Code.OPTIONS: written.options,
        Section.Code.PRIVATE: written.private,
    }
    changes = {str(code.value): writing.Change(body, 0) for code, body in bodies.items() if body}
    changes[Section.Code.CHECKLIST.value] = writing.Change("", 0)
    found = {point.code: writing.Found(page) for point, page in zip(POINTS, written.found, strict=True)}
    writing.save_parts(review, changes, findings=found, by=reader)
    if told.story.review == "shared":
        reviews.share(Review.objects.get(pk=review.pk), is_ticked=True, by=reader)


def _after_the_talk(told: Told) -> None:
    reader = Actor.person(told.consultant)
    bookings.complete(_consultation(told), by=reader)
    review = Review.objects.filter(case=told.case).first()
    if review and told.story.review == "shared":
        reviews.complete(review, is_ticked=True, by=reader)
