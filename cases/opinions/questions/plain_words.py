"""How hard a question, or what was said to it, is to read for the patient: said to the one of us who types it."""

from uuid import UUID

from cases.case import plain
from cases.case.models import Case
from cases.case.people import may
from cases.opinions.questions.models import Question
from portal.accounts import drafts
from portal.accounts.models import User

NEW, WORDS, ANSWER = "question-new", "question-words", "question-answer"  # the drafts of the page's forms


def register() -> None:
    drafts.HINTS[NEW] = plain.while_typed("text", plain.cases_to("ask_questions"))
    drafts.HINTS[WORDS] = plain.while_typed("words-text", _by_question)
    drafts.HINTS[ANSWER] = plain.while_typed("answer-note", _by_question)


def _by_question(person: User, pk: UUID) -> Case | None:
    found = Question.objects.visible_to(person).select_related("case__patient").filter(pk=pk).first()
    return found.case if found and may("ask_questions", found.case, person) else None
