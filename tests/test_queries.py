"""Every page asks the database few questions, and as many for thirty messages, helpers, files as for three."""

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.documents.describing.actions import say_kind
from cases.opinions.questions import actions as questions
from cases.records import actions as records
from cases.records.models import RecordKind, Visit
from cases.threads import actions as threads
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.texts.models import Organisation
from portal.vault import keys
from tests import people, plan_files
from tests.documents import files as put_in
from tests.pages_table import PAGES

# A first look as well, which may leave its line of history, how far its person has read, what the session remembers of
# that; a first look at a day's reviews opens those that are due.
AT_MOST = 15
NO_QUESTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")  # they ask nothing of any row
ASKING = ("patient", "helper", "assigned", "coordinator")


def questions_of(client, address: str) -> tuple[int, int]:
    """How many queries a look at a page takes, and the first look before it; 0 where no page is answered."""
    counts = []
    for _look in range(2):
        keys.look_again()  # as at the beginning of each request outside of tests
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        number = sum(not query["sql"].startswith(NO_QUESTIONS) for query in asked.captured_queries)
        counts.append(number if answer.status_code == 200 and not answer.streaming else 0)
    return counts[1], counts[0]


def walk(world, clients: dict[str, Client]) -> dict[tuple[str, str], tuple[int, int]]:
    """The queries of every page of the table, by page and person. What a look writes is undone."""
    found = {}
    with time_machine.travel(clock.now(), tick=False):
        for person, client in clients.items():
            client.get("/account/")  # the session begins, or is used again
            for name, page in PAGES.items():
                if person not in page.who or page.posts == "only" or page.is_file:
                    continue
                with transaction.atomic():
                    address = reverse(name, args=[world[key] for key in page.args])
                    found[name, person] = questions_of(client, address)
                    transaction.set_rollback(True)
    return found


def grow(case: Case, numbers: range) -> None:
    """More messages, questions, files and helpers of the case; each of its records was spoken of by somebody else."""
    by, theo = Actor.person(case.patient), Actor.person(people.person("theo"))
    for number in numbers:
        threads.send(case, f"Message {number}", by=by)
        questions.add(case, text=f"Question {number}?", by=by)
        content = plan_files.pdf(pages=1, patient=f"number {number}")
        version = put_in.read(case, f"letter-{number}.pdf", content)
        say_kind(version.document, "clinic_notes", by=by)
        helper = User.objects.create_user(email=f"h{number}@example.org", name=f"Helper {number}")
        asked = helping.ask(case, helper, by=by)
        helping.agree(asked, chosen="most", by=by)
        visit = Visit.objects.live().get(case=case)
        missing = RecordKind.objects.exclude(pk__in=visit.items.values("kind")).first()
        if missing:
            records.add_item(visit, missing, by=theo)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_every_page_asks_few_questions_however_much_there_is(world):
    Organisation.objects.create(from_at=clock.now(), phone="416 555 0100")  # a house has its facts
    case = Case.objects.get(pk=world["case"])
    clients = {person: world.client(person) for person in ASKING}
    grow(case, range(3))
    few = walk(world, clients)
    much = [
        (name, person, again, first) for (name, person), (again, first) in few.items() if max(again, first) > AT_MOST
    ]
    grow(case, range(3, 30))
    many = walk(world, clients)
    more = [(*page, few[page][0], many[page][0]) for page in few if many[page][0] > few[page][0]]
    assert not much + more, "\n" + "\n".join(map(str, [*much, "grew:", *more]))
