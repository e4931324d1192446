"""What people write as one line: a name, the title of an entry, the subject of a mail. Plain Python."""

import unicodedata

# Marks that turn the reading direction: "plan\u202efdp.exe" would show as "planexe.pdf".
TURNING = {*"\u061c\u200e\u200f\ufeff", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
UNPRINTED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def one_line(words: str) -> str:
    """The words without control and turning marks; what parted lines or words is one blank."""
    spaced = " ".join(words.split())
    kept = (sign for sign in spaced if sign not in TURNING and unicodedata.category(sign) not in UNPRINTED)
    return " ".join("".join(kept).split())


def unturned(words: str) -> str:
    """The words, whose lines stay, without turning marks."""
    return "".join(sign for sign in words if sign not in TURNING)
