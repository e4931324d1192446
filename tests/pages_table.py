"""Who may open which page: one row for each address. Add yours when you add a page."""

from dataclasses import dataclass, field

PEOPLE = (
    "anonymous",
    "unverified",
    "disabled",
    "patient",
    "other_patient",
    "starter",  # began the case for the patient
    "assigned",  # the consultant of the case
    "unassigned",  # another consultant
    "coordinator",
    "administrator",
    "unready",  # a consultant who has no second factor yet
)
EVERYBODY = frozenset(PEOPLE)
NOBODY: frozenset[str] = frozenset()
SIGNED_IN = EVERYBODY - {"anonymous", "unverified", "disabled", "unready"}
SIGNED_OUT = frozenset({"anonymous", "unverified", "disabled"})
CASE = frozenset({"patient", "starter", "assigned", "coordinator"})
FAMILY = frozenset({"patient", "starter"})
CONSULTANTS = frozenset({"assigned", "unassigned"})
COORDINATOR = frozenset({"coordinator"})
ADMINISTRATOR = frozenset({"administrator"})


@dataclass(frozen=True)
class Page:
    """`args` name things of the world; `owner` is the one whose forms must be answered."""

    who: frozenset[str]
    args: tuple[str, ...] = ()
    owner: str = ""
    takes_post: bool = False
    is_post_only: bool = False
    is_file: bool = False
    body: dict[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ("get", "head")
    mark: frozenset[str] = frozenset({"public"})  # for pages that are not ours
    else_: str = "missing"
