"""About how long a plan takes to read and to write up."""

from math import ceil

# 238 words a minute is the mean of silent reading of English non-fiction over 190 studies (Brysbaert 2019, Journal of
# Memory and Language 109, 104047). A plan is read twice, to understand and to check: half of that.
WORDS_A_MINUTE = 119
# Our own assumptions, until there are figures of our own: a minute a page for tables, doses and dates; a page whose
# words nobody counted holds some 350 of them; a photo is read slowly and turned; then the review is written.
MINUTES_AROUND_A_PAGE = 1
MINUTES_A_TYPED_PAGE = 4
MINUTES_A_PHOTO_PAGE = 6
MINUTES_TO_WRITE = 15


def reading_minutes(pages: int, *, words: int = 0, photos: bool = False) -> int:
    """About how long reading and writing take, in minutes, rounded up to five; 0 when there is nothing.

    By the words of the typed text where they are known, by pages else; sources and assumptions stand above.
    """
    if pages <= 0:
        return 0
    if photos:
        reading: float = pages * MINUTES_A_PHOTO_PAGE
    elif words:
        reading = words / WORDS_A_MINUTE + pages * MINUTES_AROUND_A_PAGE
    else:
        reading = pages * MINUTES_A_TYPED_PAGE
    return ceil((reading + MINUTES_TO_WRITE) / 5) * 5
