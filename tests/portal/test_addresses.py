"""An address that was found once is what `reverse` says, for every page that takes keys alone."""

import uuid

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from portal import addresses
from tests.pages_table import PAGES


def as_reversed(name, keys):
    try:
        return reverse(name, args=keys)
    except NoReverseMatch:
        return ""


@pytest.mark.parametrize("count", [0, 1, 2])
def test_it_is_what_reverse_says(count):
    for name in PAGES:
        for _again in range(2):
            keys = [uuid.uuid4() for _ in range(count)]
            assert addresses.find(name, *keys) == as_reversed(name, keys), name


def test_no_page_has_no_address():
    assert addresses.find("pages:nowhere") == addresses.find("pages:home", uuid.uuid4()) == ""


def test_a_portal_below_a_path_has_addresses_of_its_own():
    try:
        set_script_prefix("/below/")
        assert addresses.find("pages:home").startswith("/below/")
    finally:
        set_script_prefix("/")
    assert addresses.find("pages:home") == reverse("pages:home")
