"""What waits to be read out stands on the board until it was read or posted, and is done nowhere else."""

import pytest
from django.urls import reverse

from cases.case.models import Case, ToDo
from cases.opinions.questions import actions as questions
from cases.threads.models import ReadMark
from portal.history.models import Event
from tests import people
from tests.by_hand import theo, to_phone, to_read
from tests.pdf_letters import words_of
from tests.threads import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    made = builders.case_with_joanne()
    to_phone(made.patient, "letter")
    builders.write(made, "joanne", builders.ANSWER)
    return made


def browser():
    return people.browser(people.person("theo"))


def rows(label: str) -> list[dict]:
    return [row for row in browser().get(reverse("pages:caseload")).context["needs"] if row["label"] == label]


def press(case, name, **said):
    return browser().post(reverse(f"pages:{name}", args=[case.pk]), said)


def test_the_row_says_how_to_reach_her_and_has_no_done(case):
    [row] = rows("Read a message out")
    assert row["pk"] is None
    assert row["action"]["label"] == "Print and post"
    case.patient.channel = "call"
    case.patient.safe_to_ring = "After 4 pm"
    case.patient.save(update_fields=["channel", "safe_to_ring"])
    [row] = rows("Read a message out")
    assert row["action"]["href"].startswith(reverse("threads:thread", args=[case.pk]))
    assert any("After 4 pm" in line for line in row["lines"])


def test_done_leads_to_the_page_where_it_is_read(case):
    todo = ToDo.objects.get(kind="read_message")
    answer = browser().post(reverse("pages:settle_to_do", args=[todo.pk]))
    assert answer["Location"].startswith(reverse("threads:thread", args=[case.pk]))
    assert to_read(case) == ["read_message"]


def test_a_call_that_reached_nobody_comes_back_and_one_that_did_settles_nothing(case):
    todo = ToDo.objects.get(kind="read_message")
    href = reverse("pages:log_call", args=[case.pk]) + f"?todo={todo.pk}"
    page = browser().get(href + "&came_of=reached")
    assert [choice["value"] for choice in page.context["choices"]] == ["again"]
    for follows, status in (("done", 422), ("again", 302)):
        assert browser().post(href, {"came_of": "reached", "follows": follows}).status_code == status
    before, todo = todo.due_on, ToDo.objects.get(pk=todo.pk)
    assert todo.done_at is None
    assert todo.due_on > before


def test_the_post_brings_messages_and_answers(case):
    asked = questions.add(case, text="Can I keep my doctor?", by=theo())
    questions.answer(asked, where="message", note="Yes, you can.", by=builders.actor("joanne"))
    printed = words_of(press(case, "print_bundle").content)
    for part in ("Messages for me", builders.ANSWER, "Questions to ask", "Can I keep my doctor?", "Yes, you can."):
        assert part in printed
    assert to_read(case) == ["read_answer", "read_message"]
    for _press in range(2):
        press(case, "post_bundle")
    assert to_read(case) == []
    assert ReadMark.objects.get(case=case, person=case.patient).upto == 1
    assert Event.objects.filter(verb="message.posted").count() == 1
    assert "Messages for me" not in words_of(press(case, "print_bundle").content)


def test_what_came_between_print_and_post_waits_for_the_next(case):
    press(case, "print_bundle")
    builders.write(case, "joanne", "One more thing.", shown=1)
    press(case, "post_bundle")
    assert to_read(case) == ["read_message"]
    again = words_of(press(case, "print_bundle").content)
    assert "One more thing." in again
    assert builders.ANSWER not in again


def test_posted_without_printing_counts_for_nothing(case):
    ToDo.objects.create(
        kind="post_sheet", about_type="case.case", about_id=str(case.pk), case=case,
        asked_at=case.opened_at, due_on=case.opened_at.date(),
    )  # fmt: skip
    press(case, "post_bundle")
    assert to_read(case) == ["read_message"]
    assert Case.objects.get().printed_at is None
