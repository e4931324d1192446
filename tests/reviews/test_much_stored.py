"""Every page around a plan and its opinions asks at most fifteen questions, and as many for thirty notes, versions of
the plan, summaries and lines of the opinions as for two.
"""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from cases.case.actions import set_clinician
from cases.case.models import SecondReader
from cases.case.second import actions as second_actions
from cases.documents.models import PageImage, Version
from cases.opinions.comparing import actions as comparing
from cases.reviews import actions, opening
from cases.reviews.colleague import actions as colleague
from cases.reviews.models import Note, Review, Summary
from cases.reviews.notes.actions import add_note
from portal import clock
from portal.vault import keys
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = [pytest.mark.django_db, pytest.mark.full]
AT_MOST = 15
FEW, MANY = range(1, 3), range(3, 31)
BELONGS = ("", "plain", "checklist:goal", "checklist:cost")


def newer_version(first: Version, number: int) -> Version:
    """As the worker leaves one behind."""
    version = Version.objects.select_related("case__key").get(pk=first.pk)
    version.pk, version._state.adding = uuid.uuid4(), True
    version.number, version.digest, version.put_in_at = number, uuid.uuid4().hex, clock.now()
    version.judged_at = version.put_in_at
    version.name = f"plan {number}.pdf"
    version.save()
    for image in PageImage.objects.filter(version=first):
        image.pk, image._state.adding, image.version = uuid.uuid4(), True, version
        image.text = "[]"
        image.save()
    return version


def grow(review: Review, numbers: range) -> None:
    """One more of each: a version of the plan, a note, a shared summary that corrects, a line of each doctor."""
    for number in numbers:
        newer_version(Version.objects.order_by("number").first(), number + 1)
        opening.open_due_reviews(clock.now())
        review = Review.objects.get(pk=review.pk)
        if review.state == "open":
            actions.take(review, by=by("joanne"))
        belongs = BELONGS[number % len(BELONGS)]
        add_note(review, page=1, x=10 * number, y=5, words=f"Note {number}", belongs=belongs, by=by("joanne"))
        review = world.look_for_all(
            world.write(review, plain=f"A tablet, {number}. (page 1)", words=f"Word {number}: It is so.")
        )
        actions.share(review, is_ticked=True, correction=f"It is {number} now.", by=by("joanne"))
        for role in ("first", "second"):
            at = {role: (1, None)}
            comparing.add(review.case, topic="why", text=f"{role} {number}", pages=at, by=by("rosa"))


def asked(review: Review) -> dict[tuple[str, str], int]:
    """How often each page asks at a second look, by person."""
    case, document = review.case_id, review.version.document_id
    staff = [
        review.get_absolute_url(),
        *(reverse(f"reviews:{name}", args=[review.pk]) for name in ("preview", "brief", "need_more", "colleague")),
        reverse("reviews:withdraw", args=[Summary.objects.order_by("-number").first().pk]),
        reverse("reviews:queue"),
    ]
    along = [reverse("reviews:along", args=[read_along(review).pk])]
    both = [
        reverse("opinions:compare", args=[case]),
        *(reverse(f"documents:{name}", args=[document]) for name in ("beside", "detail")),
        reverse("reviews:summary", args=[case]),
    ]
    counts = {}
    hers = [*both, reverse("documents:list", args=[case])]
    for key, addresses in (("joanne", staff + both), ("rosa", hers), ("vera", along)):
        client = people.browser(people.person(key))
        for address in addresses:
            for _look in range(2):
                keys.look_again()
                with CaptureQueriesContext(connection) as found:
                    assert client.get(address).status_code == 200, (key, address)
            name = resolve(address).view_name
            counts[key, name] = max(len(found), counts.get((key, name), 0))
    return counts


def read_along(review: Review) -> SecondReader:
    """A colleague reads along."""
    reading = SecondReader.objects.granted().filter(case=review.case_id).first()
    if reading:
        return reading
    words = {"question": "Is it usual?", "why": "A second pair of eyes.", "by": by("joanne")}
    second = colleague.ask(review, people.person("vera"), until_on=second_actions.last_days()[-1], **words)
    return second_actions.let_read(second_actions.agree(second, by=by("vera")), True, by=by("rosa"))


def asked_by_refusals(review: Review) -> dict[str, int]:
    """How often a form asks that comes back on its page: saved in another tab meanwhile, or nothing was typed."""
    joanne, rosa, counts = people.browser(people.person("joanne")), people.browser(people.person("rosa")), {}
    form = joanne.get(review.get_absolute_url()).context["form"]
    late = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    late |= {"plain": "Words of another tab. (page 1)", "seen-plain": "0"}
    save, line = reverse("reviews:save", args=[review.pk]), reverse("opinions:add_line", args=[review.case_id])
    for name, client, address, sent, status in (
        ("save", joanne, save, late, 409),
        ("line", joanne, line, {}, 422),
        ("her line", rosa, line, {}, 422),
    ):
        for _press in range(2):
            keys.look_again()
            with CaptureQueriesContext(connection) as found:
                assert client.post(address, sent).status_code == status, name
        counts[name] = len(found)
    return counts


def test_pages_ask_as_often_for_thirty_notes_versions_summaries_and_lines_as_for_two(time_machine):
    time_machine.move_to(clock.now(), tick=False)
    review = world.taken()
    for role, name in (("first", "Dr. Keller"), ("second", "Dr. Raman")):
        set_clinician(review.case, role, name=name, by=by("rosa"))
    grow(review, FEW)
    few, few_refused = asked(Review.objects.get()), asked_by_refusals(Review.objects.get())
    grow(review, MANY)
    many, many_refused = asked(Review.objects.get()), asked_by_refusals(Review.objects.get())
    assert (Note.objects.count(), Summary.objects.count(), Version.objects.count()) == (30, 30, 31)
    assert {page: count for page, count in many.items() if count > AT_MOST} == {}
    assert {page: (few[page], count) for page, count in many.items() if count > few[page]} == {}
    assert {name: (few_refused[name], count) for name, count in many_refused.items() if count > few_refused[name]} == {}
