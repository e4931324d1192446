"""A paper is the form whose code stands on its foot: another one does not count for it, whoever filed it where."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.desk.tray import filing, preview
from cases.desk.tray.filing import Filing
from cases.desk.tray.states import About
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.models import Release
from cases.records.release import actions, foot, paper
from portal import clock
from portal.errors import Refused
from tests import people
from tests.desk import papers
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import UNTIL, form, visit_to_sign_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with on_november_5():
        yield


def printed(visit) -> bytes:
    """What she prints and signs by hand."""
    return paper.to_sign(form(visit), clock.now())


def to_another_doctor(visit):
    records.name_visit(visit.case, doctor="Dr. Else", office_name="Elsewhere Clinic", by=actor("rosa"))


def permission(visit) -> Filing:
    return Filing(case=visit.case, about=About.RELEASE, item=item(visit, "slides"))


def test_the_code_is_found_on_the_foot_alone():
    assert foot.codes_in(["RS 4T7 29K. Form ABC234", "Form XYZ789", "RS 4T7 29K · B"]) == ["ABC234"]
    assert foot.codes_in(["RS 4T7 29K. Form ABC234[?]"]) == ["ABC234"]
    assert foot.codes_in(["RS4T729K. فرم ABC234"]) == ["ABC234"]


@pytest.mark.parametrize(("read", "is_it"), [("ABC234", True), ("A8C234", True), ("A8C2S4", True), ("QRS789", False)])
def test_a_letter_that_a_machine_took_for_another_makes_no_other_form(read, is_it):
    assert (foot.why_not([f"RS 4T7 29K. Form {read}"], "ABC234") == "") is is_it


def test_one_signed_for_another_doctor_is_not_filed_with_todays_form():
    visit = visit_to_sign_for()
    came = papers.checked(printed(visit), "signed.pdf", how="post")
    to_another_doctor(visit)
    for act in (preview.sentence, filing.file):
        with pytest.raises(Refused, match="it names something else"):
            act(came, permission(visit), by=papers.theo())
    assert not Release.objects.exists()


def test_the_form_as_it_is_now_is_filed_and_counts():
    visit = visit_to_sign_for()
    came = papers.checked(printed(visit), "signed.pdf", how="post")
    assert "could not read" not in preview.sentence(came, permission(visit), by=papers.theo())
    document = filing.file(came, permission(visit), by=papers.theo()).document
    checking.check(document.versions.get().pk)
    assert actions.say_signed(Release.objects.get(), by=actor("theo")).is_signed


def test_where_no_code_is_read_it_is_said_and_people_look():
    visit = visit_to_sign_for()
    came = papers.checked(papers.words("Permission"), "signed.pdf", how="post")
    code = form(visit).code
    assert f"look whether its foot says {code}" in preview.sentence(came, permission(visit), by=papers.theo())
    document = filing.file(came, permission(visit), by=papers.theo()).document
    checking.check(document.versions.get().pk)
    page = people.browser(people.person("theo")).get(f"/items/{item(visit, 'slides').pk}/release/")
    assert "please look at its foot" in page.text
    assert actions.say_signed(Release.objects.get(), by=actor("theo")).is_signed


def test_one_that_was_put_in_on_its_page_is_read_as_well():
    visit = visit_to_sign_for()
    content = printed(visit)
    to_another_doctor(visit)
    now = form(visit)
    upload = SimpleUploadedFile("signed.pdf", content)
    release = actions.add_paper(visit, now.holder, upload, details=now.details, until_on=UNTIL, by=actor("rosa"))
    checking.check(release.paper.versions.get().pk)
    with pytest.raises(Refused, match="it names something else"):
        actions.say_signed(release, by=actor("rosa"))
    release.refresh_from_db()
    assert not release.is_signed
