"""The twelve things a treatment plan should say, each with a question to ask.

Source: Institute of Medicine, "Delivering High-Quality Cancer Care: Charting a New Course for a System in
Crisis", 2013 (National Academies Press, 18359), the list of what a cancer care plan holds. Adapted: joined
to twelve, in our own words. What is missing from a plan is no fault of anyone; it is a good thing to ask.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOURCE = _("After the Institute of Medicine’s 2013 list of what a care plan holds (NAP 18359), adapted")


@dataclass(frozen=True)
class Point:
    """One thing a plan should say: its title, what is missing without it, and what to ask then."""

    code: str
    title: str | Promise
    missing: str | Promise
    question: str | Promise


POINTS = (
    Point(
        "diagnosis",
        _("Diagnosis and stage"),
        _("The exact name of your illness and how far it has spread"),
        _("What exactly do I have, and how far has it spread?"),
    ),
    Point(
        "goal",
        _("Goal of treatment"),
        _("What the treatment is meant to do"),
        _("Is this treatment meant to cure, to slow things down, or to help me feel better?"),
    ),
    Point(
        "proposal",
        _("What is proposed, in what order, how long, from when"),
        _("What comes first, what comes next, and how long it takes"),
        _("What are the steps, in what order, when do they start and how long do they last?"),
    ),
    Point(
        "options",
        _("Other options, and why not"),
        _("What else could be done, and why it was not chosen"),
        _("What else could we do, and why do you suggest this instead?"),
    ),
    Point(
        "benefit",
        _("Expected benefit"),
        _("How much the treatment is likely to help"),
        _("How likely is it to help someone like me, and how do you know?"),
    ),
    Point(
        "harms",
        _("Harms, recovery, daily life, fertility where it matters"),
        _("Side effects, recovery, and what it means for daily life"),
        _("What might it do to me, now and later? What about my days, my work, having children?"),
    ),
    Point(
        "tests",
        _("Tests still needed"),
        _("Which tests are still to be done"),
        _("Are there tests still to be done, and could they change the plan?"),
    ),
    Point(
        "contact",
        _("Who is responsible, and whom to call"),
        _("Who is in charge, and whom to call"),
        _("Who is in charge of my care, and whom do I call by day and by night?"),
    ),
    Point(
        "cost",
        _("Cost"),
        _("What it will cost"),
        _("What will I have to pay, and who can help me with that?"),
    ),
    Point(
        "support",
        _("Emotional and practical support"),
        _("What help there is for you and your family"),
        _("Who can help me and my family with feelings, rides, work and money?"),
    ),
    Point(
        "wishes",
        _("Wishes and advance planning"),
        _("Your wishes, if things change"),
        _("Where are my wishes written down, in case I can’t speak for myself?"),
    ),
    Point(
        "follow_up",
        _("Follow-up"),
        _("What happens after the treatment"),
        _("Who checks on me after the treatment, how often, and what should I watch for?"),
    ),
)

BY_CODE = {point.code: point for point in POINTS}
CODES = [(point.code, point.title) for point in POINTS]
