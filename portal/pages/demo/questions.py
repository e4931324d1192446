"""What is to be asked at the second doctor's: her own questions, one that our side added, one that is answered."""

from cases.case.models import Case
from cases.opinions.questions import actions, targets
from portal import clock
from portal.actors import Actor

HERS = (
    "Is a smaller operation possible for me? What would it ask and give?",
    "Would chemotherapy help me, and how do you know?",
    "What will recovery be like at home?",
    "Are there any trials I could join?",
)
OURS = "What is the second area on my MRI?"
ANSWERED, SAID = "How long can I take to decide?", "Two or three weeks do no harm. Call if anything changes."


def ask(case: Case, by: Actor, ours: Actor) -> None:
    """For the visit ahead, the first three on top."""
    ahead = [each.key for each in targets.of_case(case, clock.now()).ahead() if each.kind == "visit"]
    target = ahead[0] if ahead else ""
    first, *rest = (actions.add(case, text=line, target=target, by=by) for line in HERS)
    added = actions.add(case, text=OURS, target=target, by=ours)
    for question in (first, added, rest[0]):
        actions.order(question, "top", by=by)
    told = actions.add(case, text=ANSWERED, target=target, by=by)
    actions.answer(told, where="elsewhere", note=SAID, by=by)
