"""The code on paper and the address in a mail: both made from the link's id and generation, neither kept."""

from typing import TYPE_CHECKING

from portal.vault import links
from portal.vault.keys import derive

if TYPE_CHECKING:
    from cases.desk.links.models import OfficeLink

PURPOSE = "desk.office"
PAPER, TYPED = "desk.office.paper", "desk.office.typed"
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no O, no I, no digits: read aloud and typed without mistakes
LENGTH = 12  # 24 to the 12th: 55 bits


def paper_code(link: "OfficeLink") -> str:
    """ "KRTM WHEQ PLUD": the same each time it is printed, until the generation rises."""
    letters = _letters(link)
    return " ".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def mailed_token(link: "OfficeLink") -> str:
    """The token of the address in a mail: 128 bits of digest behind id and generation."""
    return links.token(PURPOSE, link.pk, link.generation)


def digest_of(link: "OfficeLink") -> str:
    """What the row keeps of its code."""
    return digest(_letters(link))


def digest(typed: str) -> str:
    """The same of a code as somebody typed it: spaces, dashes and small letters do not matter."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return derive(TYPED, plain.encode()).hex()


def _letters(link: "OfficeLink") -> str:
    number = int.from_bytes(derive(PAPER, link.pk.bytes + link.generation.to_bytes(2, "big")), "big")
    letters = ""
    for _place in range(LENGTH):
        number, left = divmod(number, len(ALPHABET))
        letters += ALPHABET[left]
    return letters
