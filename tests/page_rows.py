"""The people who knock at every page, and how a row of the table of pages is written."""

from dataclasses import dataclass, field

PEOPLE = (
    "anonymous",
    "unverified",
    "disabled",
    "patient",
    "other_patient",
    "starter",  # began the case for the patient
    "helper",  # all but private words
    "dates_only",  # a helper who sees dates and what is still to do
    "past_helper",  # whose last day has passed
    "assigned",  # the consultant of the case
    "unassigned",  # another consultant
    "past_assigned",  # a consultant whose place ended a month after the call
    "second_reader",  # a consultant who reads along for some days
    "urgent_reader",  # a consultant who looks for an hour, for an urgent reason
    "coordinator",
    "administrator",
    "unready",  # a consultant who has no second factor yet
    "office",  # has opened the pages of the case's offices, without an account
)
EVERYBODY = frozenset(PEOPLE)
NOBODY: frozenset[str] = frozenset()
HELPERS = frozenset({"starter", "helper", "dates_only", "past_helper"})
SIGNED_OUT = frozenset({"anonymous", "unverified", "disabled", "office"})
SIGNED_IN = EVERYBODY - SIGNED_OUT - {"unready"}
SIGNED_IN_OR_UNREADY = EVERYBODY - SIGNED_OUT
CASE = frozenset({"patient", "starter", "assigned", "coordinator"})
PUT_IN = CASE - {"starter"}  # what the patient put in: whoever only began the case sees none of it
FAMILY = frozenset({"patient", "starter"})
FAMILY_AND_COORDINATOR = FAMILY | {"coordinator"}
PATIENT_AND_COORDINATOR = frozenset({"patient", "coordinator"})
READERS = frozenset({"patient", "assigned", "coordinator"})
PATIENT = frozenset({"patient"})
STARTER = frozenset({"starter"})
ASSIGNED = frozenset({"assigned"})
SECOND = frozenset({"second_reader"})
URGENT = frozenset({"urgent_reader"})
ALONG = SECOND | URGENT  # who reads files without a place in the case
CONSULTANTS = frozenset({"assigned", "unassigned", "past_assigned"}) | ALONG
COORDINATOR = frozenset({"coordinator"})
ADMINISTRATOR = frozenset({"administrator"})


@dataclass(frozen=True)
class Page:
    """`args` name things of the world or are words as they stand; `owner` is the one whose forms are answered.

    `posts`: "" takes no form, "too" takes one beside the page, "only" has no page of its own.
    """

    who: frozenset[str]
    args: tuple[str, ...] = ()
    owner: str = ""
    posts: str = ""
    is_file: bool = False
    body: dict[str, str] = field(default_factory=dict)
    is_ours: bool = True
    by_link: bool = False  # an office's page: no sign-in leads there, so it is missing for everybody else


def public(*args: str, posts: str = "", **more) -> Page:
    return Page(EVERYBODY, args, "anonymous", posts, **more)


def office(*args: str, posts: str = "", **more) -> Page:
    """A page that an office has opened with its code."""
    return Page(frozenset({"office"}), args, "office", posts, by_link=True, **more)


def allauth(who: frozenset[str], *args: str, posts: str = "") -> Page:
    """A page of allauth's, dressed in our templates."""
    owner = "anonymous" if who == EVERYBODY else "patient"
    return Page(who, args, owner, posts, is_ours=False)


def of_case(who: frozenset[str], *args: str, owner: str = "patient", **more) -> Page:
    return Page(who, args or ("case",), owner, **more)
