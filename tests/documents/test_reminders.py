"""What is told by message about files, and what no longer is."""

import datetime as dt
from html import unescape

import pytest

from cases.case import actions as case_actions
from cases.documents import actions
from cases.documents.describing import actions as describing
from cases.documents.joining import actions as joining
from cases.documents.reminders import KINDS
from cases.documents.worker import checking
from portal import clock
from portal.actors import Actor
from portal.reminders import rules
from portal.reminders.models import Reminder
from portal.reminders.readers import address_of, readers
from tests import factories, people, plan_files
from tests.documents.files import checked, read, upload
from tests.documents.test_joining import photos

pytestmark = pytest.mark.django_db
KIND = {kind.code: kind for kind in KINDS}


def still_due(code):
    rows = list(Reminder.objects.filter(kind=code))
    return KIND[code].still_due(rows, clock.now())


def said(code):
    (row,) = Reminder.objects.filter(kind=code)
    user = people.person("rosa" if code == "documents.needs_you" else "joanne")
    address = address_of(user)
    reader = readers([address], clock.now())[address]
    return KIND[code].words([row], reader, clock.now())[row.pk]


def test_owner_of_a_locked_file_hears_of_it_after_a_while(case):
    version = read(case, "biopsy.pdf", plan_files.locked_pdf())
    row = Reminder.objects.get(kind="documents.needs_you")
    assert row.recipient_id == str(case.patient_id)
    assert row.due_at - version.judged_at == dt.timedelta(minutes=15)
    assert still_due("documents.needs_you") == {row.pk}
    assert "password" in said("documents.needs_you").line


def test_owner_hears_nothing_once_the_file_is_removed(case):
    version = read(case, "letter.docx", plan_files.docx_with_macros())
    actions.withdraw(version.document, by=Actor.person(case.patient))
    assert still_due("documents.needs_you") == set()


@pytest.mark.parametrize(("name", "content"), [("a.pdf", plan_files.locked_pdf()), ("a.jpg", plan_files.photo()[:300])])
def test_owner_is_not_chased_once_a_better_version_came(case, name, content):
    bad = read(case, name, content)
    assert still_due("documents.needs_you")
    better = actions.add_version(bad.document, upload("open.pdf"), by=Actor.person(case.patient))
    assert still_due("documents.needs_you") == set()
    checking.check(better.pk)
    assert still_due("documents.needs_you") == set()


def test_message_leads_to_the_page_that_says_what_is_wrong(case, rosa):
    cut = upload("IMG_1.jpg", plan_files.photo()[:300])
    bad = actions.add_file(case, cut, kind="pathology_report", by=Actor.person(case.patient))
    checking.check(bad.pk)
    address, place = said("documents.needs_you").path.split("#")
    page = unescape(rosa.get(address).content.decode())
    assert f'id="{place}"' in page
    assert "We couldn’t open this file." in page
    assert str(bad.document_id) in place


@pytest.mark.full
def test_refused_page_of_a_letter_is_told_at_that_letter(case, rosa):
    joined = joining.join(case, photos(case, 2), by=Actor.person(case.patient))
    photo = joined.joined_pages.first().photo
    checking.check(
        actions.add_version(photo, upload("x.jpg", plan_files.photo()[:300]), by=Actor.person(case.patient)).pk
    )
    address, place = said("documents.needs_you").path.split("#")
    page = unescape(rosa.get(address).content.decode())
    assert f'id="{place}"' in page
    assert "We couldn’t open this file." in page


def test_helper_hears_nothing_of_a_file_hidden_from_her():
    case = factories.open_case(people.person("grace"), starter=people.person("ama"))
    locked = checked(case, "l.pdf", plan_files.locked_pdf(), by=people.person("ama"))
    assert still_due("documents.needs_you")
    actions.mark_only_me(locked.document, by=Actor.person(case.patient))
    assert still_due("documents.needs_you") == set()


def test_owner_of_a_good_file_hears_nothing(case):
    read(case)
    assert not Reminder.objects.filter(kind="documents.needs_you").exists()


def test_consultant_hears_of_a_file_that_is_said_to_be_the_plan(case):
    document = read(case).document
    Reminder.objects.all().delete()
    describing.say_kind(document, "other", by=Actor.person(case.patient))
    assert not Reminder.objects.filter(kind="documents.new_plan").exists()
    describing.say_kind(document, "plan", by=Actor.person(case.patient))
    assert Reminder.objects.get(kind="documents.new_plan").recipient_id == str(people.person("joanne").pk)


def test_consultant_hears_of_a_plan_that_can_be_read(case):
    version = read(case)
    row = Reminder.objects.get(kind="documents.new_plan")
    assert row.recipient_id == str(people.person("joanne").pk)
    assert still_due("documents.new_plan") == {row.pk}
    assert said("documents.new_plan").path == version.document.get_absolute_url()


def test_consultant_hears_nothing_of_a_file_that_is_hidden(case):
    actions.mark_only_me(read(case).document, by=Actor.person(case.patient))
    assert still_due("documents.new_plan") == set()


def test_consultant_hears_nothing_without_permission_to_read(case):
    read(case)
    case_actions.withdraw_consent(case.consents.get(kind="read"), by=Actor.person(case.patient))
    assert still_due("documents.new_plan") == set()


def test_words_tell_a_bystander_nothing(case):
    read(case, "biopsy.pdf", plan_files.locked_pdf())
    read(case)
    for code in KIND:
        words = said(code)
        text = " ".join([words.subject, words.lead, words.line, words.action_label])
        assert rules.clinical_words(text) == []
        assert "biopsy" not in text
