"""The one formatter of phone and fax numbers, for pages, mail, PDF and the links that ring them."""

import functools
import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

AT_HOME = 1  # the code of the United States and Canada: their numbers go without it
FEWEST_DIGITS = 3
# A number and nothing else; "416-555-0100, press 2" is left as it was typed.
NUMBER = re.compile(r"\s*[+(\d][\d\s().\-/\u2010-\u2015]*((ext\.?|x|#)\s*\d{1,7})?\s*", re.IGNORECASE)


def shown(number: object, region: str = "US") -> str:
    """As people write it: "(416) 555-0132", "+44 20 7946 0018"; as it was typed where it is no number of a kind."""
    parsed = _parsed(str(number or ""), region)
    if parsed is None:
        return str(number or "")
    is_at_home = parsed.country_code == AT_HOME
    kind = PhoneNumberFormat.NATIONAL if is_at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, kind)


def href(number: object, region: str = "US") -> str:
    """The address that rings it, or "" where there is nothing to dial."""
    typed = str(number or "")
    leading = NUMBER.match(typed)
    parsed = _parsed(leading[0], region) if leading else None
    if parsed is not None:
        extension = f";ext={parsed.extension}" if parsed.extension else ""
        return f"tel:{phonenumbers.format_number(parsed, PhoneNumberFormat.E164)}{extension}"
    dialed = "".join(sign for sign in typed if sign.isdigit() or sign == "+")
    return f"tel:{dialed}" if len(dialed) >= FEWEST_DIGITS else ""


@functools.lru_cache(maxsize=1024)
def _parsed(number: str, region: str) -> PhoneNumber | None:
    if not NUMBER.fullmatch(number):
        return None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None
