"""What the demo's consultants wrote about the invented plans. Each line of plain words names its page."""

from dataclasses import dataclass, field
from typing import Final

from cases.reviews.sentences.rules import Part

# The twelve points in the order of the checklist; found on a page, or None: not in the plan.
Pages = tuple[int | None, ...]


@dataclass(frozen=True)
class DemoReview:
    plain: str
    found: Pages
    words: str = ""
    questions: str = ""
    options: str = ""
    private: str = ""
    missing_notes: dict[int, str] = field(default_factory=dict)


REVIEWS: Final = {
    "grace": DemoReview(
        plain="""You have a lung cancer that has reached nodes in the chest, on the same side. (page 1)
The aim is to cure it. (page 1)
First: radiation five days a week for six weeks, with chemotherapy once a week. (page 2)
Then: a scan. If nothing has grown, a drip every four weeks for up to a year. (page 2)""",
        found=(1, 1, 2, 2, None, 3, 1, None, None, 3, None, 2),
        words="PD-L1: a marker that tells how likely the drip is to work",
        questions="Should we wait for the gene test before choosing the drip?",
    ),
    "lena": DemoReview(
        plain="""The cancer was small and was taken out whole with one half of the thyroid. (page 1)
Two of six nodes held tiny deposits. (page 1)
Your doctor proposes to take out the other half as well. (page 2)
Six weeks later comes one dose of radioactive iodine. Whether it is needed is not decided yet. (page 2)
You would take hormone tablets for life. (page 2)
Another way is to watch: ultrasound and blood tests every six months. (page 2)""",
        found=(1, None, 2, 2, None, None, 2, 2, None, None, None, 2),
        words="Papillary: the most common kind of thyroid cancer. It grows slowly.",
        questions="""How likely is it to come back with each way?
What would a second operation mean for my voice?""",
        options="""Second operation: it allows iodine and a clear blood test, and asks for tablets for life. (page 2)
Watching: it spares the operation, and asks for regular tests and for living with not knowing. (page 2)""",
        private="Sings in a choir; the voice matters a lot.",
    ),
    "marcus": DemoReview(
        plain="""You have a prostate cancer of medium risk that has not spread. (page 1)
Three ways are offered: an operation, radiation with hormones, or active watching. (page 2)
Your doctor advises the operation. (page 2)""",
        found=(1, 1, 2, 2, None, 2, None, 2, None, None, None, None),
        questions="What would each way mean for my work on the road?",
        options="""Operation: one step, weeks of recovery. (page 2)
Radiation: 20 sessions, six months of hormones. (page 2)
Watching: tests every three months, no treatment now. (page 2)""",
    ),
    "ana": DemoReview(
        plain="""You have a lymphoma in the neck and the chest. The aim is to cure it. (page 1)
Four rounds of chemotherapy, then radiation to the places that were involved. (page 1)
A PET scan after two rounds decides how it goes on. (page 1)
The fertility visit comes before the first round. (page 2)""",
        found=(1, 1, 1, None, None, 2, 1, 2, None, None, None, None),
        words="ABVD: four medicines given together by drip",
        questions="Could the radiation be left out if the scan is clear?",
    ),
}

# Joanne's own: part, title, text. What she says to many, and nothing about one of them.
SENTENCES: Final = (
    (Part.PLAIN, "Aim: cure", "The aim is to cure it."),
    (Part.PLAIN, "Time to think", "You do not have to decide this week. Take the time you need."),
    (Part.WORDS, "PSA", "PSA: a figure from a blood test that shows what the prostate does"),
    (Part.MISSING, "Cost", "It does not say what this costs, or who pays."),
    (Part.QUESTIONS, "Pause", "Can the treatment be paused when it gets too much?"),
    (Part.QUESTIONS, "Whom to call", "Whom do I call at night or on a weekend?"),
    (Part.FOR, "Near home", "It can be done near home."),
    (Part.AGAINST, "Many trips", "It asks for many trips to the hospital."),
    (Part.SUMMARY, "Ask again", "You can ask us this again at any time."),
)
