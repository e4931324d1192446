"""Threads for the tests, written by the people of the case."""

from cases.case.models import Case
from cases.threads import actions
from cases.threads.models import Message, Thread
from tests import factories, people
from tests.records.builders import actor

QUESTION = "How do the slides travel? I worry about them getting lost."
ANSWER = "They go by courier, with a tracking number."


def case_with_joanne() -> Case:
    """Rosa's case, with Joanne as its consultant."""
    return factories.assign(factories.open_case(), people.person("joanne"))


def write(case: Case, key: str = "rosa", text: str = QUESTION, **more) -> Message:
    """Whoever writes has been shown all that stands, unless `shown` says less."""
    return actions.send(case, text, by=actor(key), **({"shown": newest(case)} | more))


def newest(case: Case) -> int:
    """The number of the last message."""
    thread = Thread.objects.filter(case=case).first()
    return thread.last_number if thread else 0


def ref(case: Case, number: int) -> str:
    """What pages call the message with this number."""
    return str(Message.objects.get(case=case, number=number).pk)


def note(case: Case, key: str = "theo", text: str = "Rang the lab: nobody there.") -> Message:
    return actions.note(case, text, by=actor(key))


def read(case: Case, key: str) -> None:
    """Open the page of the thread."""
    answer = people.browser(people.person(key)).get(f"/cases/{case.pk}/messages/")
    assert answer.status_code == 200


def texts(case: Case, key: str) -> list[str]:
    """What this person may read, in order."""
    seen = Message.objects.visible_to(people.person(key)).filter(case=case).order_by("number")
    return [message.text for message in seen]
