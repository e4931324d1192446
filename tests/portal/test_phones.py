"""Phone numbers as people read and dial them."""

import pytest
from phonenumber_field.phonenumber import PhoneNumber

from portal import phones


@pytest.mark.parametrize(
    ("typed", "shown", "href"),
    [
        ("+1 416 555 0132", "(416) 555-0132", "tel:+14165550132"),
        ("416-555-0100", "(416) 555-0100", "tel:+14165550100"),
        ("416.555.0100 ext. 12", "(416) 555-0100 ext. 12", "tel:+14165550100;ext=12"),
        ("(555) 010-0178", "(555) 010-0178", "tel:+15550100178"),
        ("+44 20 7946 0018", "+44 20 7946 0018", "tel:+442079460018"),
        (PhoneNumber.from_string("+14165550132"), "(416) 555-0132", "tel:+14165550132"),
        ("911", "911", "tel:911"),
        ("416-555-0100, press 2", "416-555-0100, press 2", "tel:+14165550100"),
        ("<b>none</b>", "<b>none</b>", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_one_way_to_write_a_number(typed, shown, href):
    assert (phones.shown(typed), phones.href(typed)) == (shown, href)


def test_what_was_shown_is_shown_the_same_again():
    for typed in ("+1 416 555 0132", "+44 20 7946 0018", "416.555.0100 ext. 12"):
        assert phones.shown(phones.shown(typed)) == phones.shown(typed)
