"""Photos of pages, made well and badly: who is asked to take one again, and who is not."""

import pytest

from cases.documents.adding import legibility
from tests import photos

FAR_TOO_SMALL_ONCE = {"400 pixels made large"}  # its edges are steep again; docs/photos.md says so


@pytest.mark.parametrize(
    ("photo", "notes"),
    [
        (lambda: photos.taken(photos.page()), []),
        (lambda: photos.taken(photos.page(11, 3), fill=0.65, table=20), []),
        (lambda: photos.noisy(photos.taken(photos.page()), 20), []),
        (lambda: photos.taken(photos.page(11, 0), fill=1), []),
        (photos.x_ray, []),
        (lambda: photos.dimmed(photos.taken(photos.page()), 0.2), ["dark"]),
        (lambda: photos.blurred(photos.taken(photos.page()), 2), ["blurred"]),
        (lambda: photos.moved(photos.taken(photos.page()), 9), ["blurred"]),
        (lambda: photos.resized(photos.taken(photos.page()), 600), ["small"]),
    ],
    ids=["good", "three lines", "noisy", "blank", "X-ray", "dark", "blurred", "moved", "small"],
)
def test_print_is_judged_and_not_the_picture(photo, notes):
    assert legibility.look(photo()) == notes


@pytest.mark.full
def test_nobody_is_asked_to_take_a_good_photo_again():
    told = {name: legibility.look(photo) for name, photo in photos.good()}
    assert len(told) == 48
    assert {name: notes for name, notes in told.items() if notes} == {}


@pytest.mark.full
def test_each_poor_photo_is_told():
    told = [(note, name, legibility.look(photo)) for note, name, photo in photos.poor()]
    assert len(told) == 34
    assert {name for note, name, notes in told if note not in notes} == FAR_TOO_SMALL_ONCE
