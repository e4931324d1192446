"""A birth date as a clerk types it."""

from datetime import date

import pytest

from cases.desk.links.birth_dates import read

TODAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    "typed",
    [
        "3 27 1951",
        "03/27/1951",
        "3-27-51",
        "3.27.1951",
        " 27 3 1951 ",
        "March 27, 1951",
        "mar 27 1951",
        "27 March 1951",
        "1951-03-27",
        "03271951",
        "032751",
    ],
)
def test_people_type_it_in_many_ways(typed):
    assert read(typed, TODAY) == date(1951, 3, 27)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1951",
        "3 27",
        "2 30 1951",
        "3 27 2027",
        "3 27 1851",
        "March",
        "3 27 951",
        "x y z",
        "٣ ٢٧ ١٩٥١",
        "0 0 0",
        "²",
    ],
)
def test_anything_else_is_no_date(typed):
    assert read(typed, TODAY) is None


@pytest.mark.parametrize(("typed", "year"), [("1 1 08", 2008), ("1 1 09", 1909), ("1 1 26", 1926)])
def test_of_two_centuries_the_one_of_an_adult(typed, year):
    assert read(typed, TODAY).year == year
