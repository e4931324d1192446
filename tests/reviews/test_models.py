"""What the database refuses, and who sees which rows."""

import pytest
from django.db import IntegrityError, transaction

from cases.case.actions import end_assignment
from cases.reviews.models import Finding, Review, Section, Summary
from portal import clock
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def refuses(constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change()


def test_one_review_per_case():
    review = world.waiting()
    copy = Review.objects.get(pk=review.pk)
    copy.pk, copy._state.adding = None, True
    refuses("review_one_per_case", copy.save)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("review_state_is_known", {"state": "lost"}),
        ("review_written_ones_have_a_reader", {"state": "shared"}),
        ("review_taken_at_and_reader_go_together", {"taken_at": "now"}),
        ("review_has_pages", {"pages": 0}),
    ],
)
def test_an_open_review_cannot_become(constraint, fields):
    review = world.waiting()
    fields = {name: clock.now() if value == "now" else value for name, value in fields.items()}
    refuses(constraint, lambda: Review.objects.filter(pk=review.pk).update(**fields))


def test_an_open_review_has_no_reader():
    review = world.taken()
    refuses("review_open_ones_have_no_reader", lambda: Review.objects.filter(pk=review.pk).update(state="open"))


def test_parts_are_known_and_there_once():
    review = world.write(world.taken())
    also = {"review": review, "saved_at": clock.now(), "saved_by": people.person("joanne")}
    refuses("section_once_per_review", lambda: Section.objects.create(code="plain", **also))
    refuses("section_code_is_known", lambda: Section.objects.create(code="verdict", **also))


def test_points_are_there_once_and_pages_count_from_1():
    review = world.taken()
    Finding.objects.create(review=review, point="goal", page=1)
    refuses("finding_once_per_point", lambda: Finding.objects.create(review=review, point="goal", page=2))
    refuses("finding_pages_count_from_1", lambda: Finding.objects.create(review=review, point="cost", page=0))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("summary_numbers_count_from_1", {"number": 0}),
        ("summary_clear_is_known", {"clear": "perhaps", "answered_at": "now"}),
        ("summary_clear_and_answered_go_together", {"clear": "yes"}),
        ("summary_withdrawn_at_and_by_go_together", {"withdrawn_at": "now"}),
    ],
)
def test_a_summary_cannot_have(constraint, fields):
    summary = world.shared()
    fields = {name: clock.now() if value == "now" else value for name, value in fields.items()}
    refuses(constraint, lambda: Summary.objects.filter(pk=summary.pk).update(**fields))


def test_summary_numbers_are_used_once():
    summary = world.shared()
    summary.pk, summary._state.adding = None, True
    refuses("summary_numbers_are_used_once", summary.save)


@pytest.mark.parametrize(
    ("key", "sees_review", "sees_summary"),
    [
        ("rosa", False, True),
        ("joanne", True, True),
        ("theo", True, True),
        ("amir", False, False),
        ("grace", False, False),
        ("mara", False, False),
    ],
)
def test_who_sees_a_review_and_its_summary(key, sees_review, sees_summary):
    world.shared()
    user = people.person(key)
    assert Review.objects.visible_to(user).exists() == sees_review
    assert Summary.objects.visible_to(user).exists() == sees_summary


def test_nothing_is_seen_once_the_assignment_ended():
    summary = world.shared()
    joanne = people.person("joanne")
    end_assignment(summary.review.case, joanne, by=by("theo"))
    assert not Review.objects.visible_to(joanne).exists()
    assert not Summary.objects.visible_to(joanne).exists()


def test_words_are_sealed_in_the_rows():
    summary = world.shared()
    raw = Section.objects.values_list("body", flat=True).get(code="plain")
    assert b"lump" not in bytes(raw)
    assert b"lump" not in bytes(Summary.objects.values_list("body", flat=True).get())
    assert "lump" in summary.body


def test_rows_name_themselves_without_their_words():
    summary = world.shared()
    said = " ".join(str(row) for row in (summary, summary.review, *summary.review.sections.all()))
    assert "Rosa" not in said
    assert "lump" not in said
