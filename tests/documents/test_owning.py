"""A file to which another adds is the patient's: who began it reads and takes back only what they put in themselves."""

import importlib
import json

import pytest
from django.apps import apps
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.documents import actions, owning
from cases.documents.joining import actions as joining
from cases.documents.models import Document, PageImage
from cases.documents.reading import readers
from cases.documents.worker import checking
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people, plan_files
from tests.documents.files import read, upload
from tests.documents.test_joining import by, order, photos, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    """Grace's, begun by Ama for her."""
    return factories.open_case(people.person("grace"), starter=people.person("ama"))


def letter_of(case, key="ama"):
    joined = joining.join(case, photos(case, 2, key=key), by=by(key))
    work()
    return joined


def sent_again(document, key):
    version = actions.add_version(document, upload("newer.pdf", plan_files.pdf(pages=2)), by=by(key))
    checking.check(version.pk)
    version.refresh_from_db()
    assert version.is_ready
    return version


def test_helper_reads_and_finds_no_page_that_the_patient_put_in(case):
    joined = letter_of(case)
    own = order(joined)
    (hers,) = photos(case, 1, key="grace", start=3)
    joining.put_in(joined, [hers], by=by("grace"))
    work()
    ama = people.browser(people.person("ama"))
    page = joined.versions.get(made_of__contains=[hers]).page_images.get(number=3)
    page.text = json.dumps([[10, 20, 300, 20, "marked words"]])
    page.save()
    assert not PageImage.objects.visible_to(people.person("ama")).filter(version__document=joined).exists()
    found = ama.post(reverse("documents:search", args=[case.pk]), {"words": "marked"}).content.decode()
    assert "marked words" not in found
    assert people.person("ama") not in {
        reader.user for reader in readers.readers_of(Document.objects.get(pk=joined.pk))
    }
    assert {ama.get(reverse("documents:detail", args=[pk])).status_code for pk in own} == {200}


@pytest.mark.parametrize("key", ["grace", "theo"])
def test_helper_reads_no_version_that_another_added(case, key):
    document = read(case, by=people.person("ama")).document
    newer = sent_again(document, key)
    ama = people.browser(people.person("ama"))
    assert ama.get(reverse("documents:file", args=[newer.pk])).status_code == 404
    assert ama.get(document.get_absolute_url()).status_code == 404
    assert Event.objects.get(verb="document.passed_on").about_id == str(document.pk)
    assert Document.objects.get().put_in_by == case.patient


@pytest.mark.full
def test_helper_reads_no_photo_that_the_patient_took_again_as_a_page(case):
    joined = letter_of(case)
    first, second = order(joined)
    actions.add_version(Document.objects.get(pk=first), upload("IMG_9.jpg", plan_files.photo()), by=by("grace"))
    work()
    work()
    visible = Document.objects.visible_to(people.person("ama"))
    assert list(visible.values_list("pk", flat=True)) == [second]


@pytest.mark.full
def test_adding_to_ones_own_changes_nothing(case):
    document = read(case, by=people.person("ama")).document
    sent_again(document, "ama")
    joined = letter_of(case)
    joining.put_in(joined, photos(case, 1, key="ama", start=3), by=by("grace"))
    joining.turn(joined, order(joined)[0], by=by("grace"))
    assert set(Document.objects.values_list("put_in_by", flat=True)) == {people.person("ama").pk}
    assert not Event.objects.filter(verb="document.passed_on").exists()


@pytest.mark.full
@pytest.mark.parametrize("key", ["ama", "theo"])
def test_who_began_a_letter_takes_back_no_photo_of_the_patient(case, key):
    joined = letter_of(case, key)
    (hers,) = photos(case, 1, key="grace", start=3)
    joining.put_in(joined, [hers], by=by("grace"))
    for change in (actions.withdraw, joining.separate, joining.finish):
        with pytest.raises(Refused):
            change(joined, by=by(key))
    assert Document.objects.get(pk=hers).withdrawn_at is None


@pytest.mark.parametrize("key", ["ama", "theo"])
def test_nobody_takes_back_or_puts_back_a_letter_with_a_page_of_another(case, key):
    joined = letter_of(case, key)
    Document.objects.filter(pk=order(joined)[1]).update(put_in_by=case.patient)
    with pytest.raises(Refused):
        actions.withdraw(joined, by=by(key))
    actions.withdraw(joined, by=by("grace"))
    with pytest.raises(Refused):
        actions.restore(joined, by=by(key))
    assert not Document.objects.here().exists()


@pytest.mark.full
def test_what_the_patient_took_back_her_helper_does_not_put_back(case):
    file, joined = read(case, by=people.person("ama")).document, letter_of(case)
    ama, listed = people.browser(people.person("ama")), reverse("documents:list", args=[case.pk])
    for document in (file, joined):
        actions.withdraw(document, by=by("grace"))
        ama.post(reverse("documents:move", args=[document.pk, "restore"]))
        assert Document.objects.get(pk=document.pk).withdrawn_at
    assert "Put back" not in ama.get(listed).content.decode()
    actions.restore(file, by=by("grace"))
    actions.withdraw(file, by=by("ama"))
    assert "Put back" in ama.get(listed).content.decode()
    actions.restore(file, by=by("ama"))
    assert Document.objects.get(pk=file.pk).withdrawn_at is None


@pytest.mark.full
def test_coordinator_who_began_the_case_puts_nothing_back_and_ends_with_it():
    case = factories.open_case(people.person("grace"), starter=people.person("theo"))
    document = read(case, by=people.person("theo")).document
    actions.withdraw(document, by=by("grace"))
    with pytest.raises(Refused):
        actions.restore(document, by=by("theo"))
    actions.restore(document, by=by("grace"))
    theo = people.browser(people.person("theo"))
    assert theo.get(document.get_absolute_url()).status_code == 200
    Case.objects.update(state=Case.State.CLOSED, closed_at=clock.now())
    assert theo.get(document.get_absolute_url()).status_code == 404


def test_of_a_closed_case_the_helper_opens_nothing_and_is_not_named(case):
    document = read(case, by=people.person("ama")).document
    assert "only the files that they add" in readers.of_own(case, case.patient)
    Case.objects.update(state=Case.State.CLOSED, closed_at=clock.now())
    assert people.browser(people.person("ama")).get(document.get_absolute_url()).status_code == 404
    assert readers.of_own(Case.objects.get(), case.patient) == ""


@pytest.mark.full
def test_pages_say_before_whose_the_file_will_be(case):
    document = read(case, by=people.person("ama")).document
    joined = letter_of(case)
    photos(case, 1, key="grace", start=3)
    grace, theo = people.browser(case.patient), people.browser(people.person("theo"))
    said = "Ama Osei began this file. Once you add to it, it is yours"
    for address in (
        reverse("documents:add_version", args=[document.pk]),
        reverse("documents:arrange", args=[joined.pk]),
    ):
        assert said in grace.get(address).content.decode()
    page = theo.get(reverse("documents:add_version", args=[document.pk])).content.decode()
    assert "it is the patient’s, and only they can take it back" in page
    sent_again(document, "grace")
    document.refresh_from_db()
    assert owning.warning(document, case.patient) == ""


@pytest.mark.full
def test_files_that_are_here_already_pass_on_too(case):
    letter, file = letter_of(case), read(case, by=people.person("ama")).document
    sent_again(file, "grace")
    (hers,) = photos(case, 1, key="grace", start=3)
    joining.put_in(letter, [hers], by=by("grace"))
    own = read(case, "own.pdf", plan_files.pdf(pages=3), by=people.person("ama")).document
    Document.objects.filter(pk__in=[letter.pk, file.pk]).update(put_in_by=people.person("ama"))
    migration = importlib.import_module("cases.documents.migrations.0010_files_added_to_by_others")
    migration.pass_on(apps, None)
    passed = Document.objects.filter(put_in_by=case.patient).values_list("pk", flat=True)
    assert set(passed) == {letter.pk, file.pk, hers}
    assert own.pk not in passed


@pytest.mark.parametrize("answer", ["decline", "end"])
def test_who_began_opens_nothing_once_the_patient_has_said_no_or_ended_it(case, answer):
    letter = letter_of(case)
    asked = helping.ask(case, people.person("ama"), by=by("ama"))
    if answer == "end":
        helping.agree(asked, chosen="dates", by=by("grace"))
    assert Document.objects.visible_to(asked.person).filter(pk=letter.pk).exists()
    pages = [letter.get_absolute_url(), reverse("documents:list", args=[case.pk])]
    ama = people.browser(asked.person)
    assert [ama.get(page).status_code for page in pages] == [200, 200]

    getattr(helping, answer)(asked, by=by("grace"))

    assert [ama.get(page).status_code for page in pages] == [404, 404]
    assert asked.person not in {reader.user for reader in readers.readers_of(letter)}
