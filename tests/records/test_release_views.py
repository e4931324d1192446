"""The page where a patient lets an office send records: read, sign, print, put in the paper, take back."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.case.authority import Authority
from cases.case.authority_actions import sign_authority_on_paper
from cases.documents import actions as documents
from cases.documents.worker import checking
from cases.records import actions
from cases.records.models import Release
from cases.records.release import actions as release_actions
from cases.records.release import keeping as release_keeping
from cases.records.release.form import Details
from portal.history.models import Event
from tests import people, plan_files
from tests.case.test_signatures import png
from tests.documents.files import folder  # noqa: F401
from tests.pdf_letters import no_glyph_is_missing, words_of
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import UNTIL, form, sign, visit_to_sign_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return visit_to_sign_for()


def page(visit, kind="slides"):
    return reverse("records:release", args=[item(visit, kind).pk])


def press(client, visit, do="sign", **fields):
    sent = {"do": do, "until_on": UNTIL, "seen": form(visit).code, "name": "Rosa Delgado"} | fields
    return client.post(page(visit), sent, follow=True)


def test_the_page_says_all_and_fills_in_no_signature(visit):
    html = people.browser(people.person("rosa")).get(page(visit)).content.decode()

    for words in ("Lakeside", "Tissue slides", "Dr. Priya Raman", "May ask about it", "December 31, 2026", "HIPAA"):
        assert words in html
    assert "You can take this permission back at any time" in html
    assert 'name="name"' in html
    assert 'name="name" value' not in html
    assert "checked" not in html


def test_signed_by_name_it_leads_to_the_copy(visit):
    rosa = people.browser(people.person("rosa"))
    answer = press(rosa, visit, special=["hiv"], accession="S26-04417", stain="stained")

    release = Release.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("records:signed", args=[release.pk])
    html = answer.content.decode()
    for words in ("Nothing was sent", "S26-04417", "HIV tests and care", "What follows then"):
        assert words in html
    assert "You have signed this" in rosa.get(page(visit)).content.decode()
    assert "The form to sign" in rosa.get(reverse("records:list", args=[visit.case_id])).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Type your full name to sign."),
        ({"name": "Theo Lindqvist"}, "does not look like your name"),
        ({"name": "", "drawn": png(ink=False)}, "could not use the drawing"),
        ({"until_on": "2026-11-01"}, "That day has passed"),
        ({"records_from": "2026-02-01", "records_to": "2026-01-01"}, "before the first day"),
    ],
)
def test_what_cannot_be_signed_is_said_and_what_was_typed_stays(visit, fields, words):
    answer = press(people.browser(people.person("rosa")), visit, **{"former_name": "Rosa Ruiz"} | fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Rosa Ruiz" in answer.content.decode()
    assert not Release.objects.ever_signed().exists()


def test_a_form_that_changed_meanwhile_is_read_once_more(visit):
    rosa, seen = people.browser(people.person("rosa")), form(visit).code
    actions.set_route(item(visit, "clinic_notes"), "through_us", by=actor("rosa"))

    answer = press(rosa, visit, seen=seen)

    assert answer.status_code == 409
    assert "through Remission Support" in answer.content.decode()
    assert press(rosa, visit).status_code == 200
    assert Release.objects.get().is_signed


def test_drawn_it_is_shown_and_printed(visit):
    rosa = people.browser(people.person("rosa"))
    press(rosa, visit, name="", drawn=png())
    release = Release.objects.get()

    shown = rosa.get(reverse("records:signature", args=[release.pk]))
    copy = rosa.get(reverse("records:signed_pdf", args=[release.pk]))

    assert (release.how, shown["Content-Type"], shown["Cache-Control"]) == ("drawn", "image/png", "no-store")
    assert "A copy of what was signed" in words_of(copy.content)


def test_the_form_to_print_is_one_page_with_its_code(visit):
    code = form(visit).code
    answer = people.browser(people.person("rosa")).get(reverse("records:release_pdf", args=[item(visit, "slides").pk]))

    import pypdfium2

    words = words_of(answer.content)
    assert len(pypdfium2.PdfDocument(answer.content)) == 1
    assert no_glyph_is_missing(answer.content)
    for each in (code, "Signature", "Lakeside", "Tissue slides", "Dr. Priya Raman"):
        assert each in words


@pytest.mark.full
def test_signed_on_paper_it_counts_once_somebody_looked(visit, folder):  # noqa: F811
    theo = people.browser(people.person("theo"))
    sent = SimpleUploadedFile("signed.pdf", plan_files.pdf())
    assert theo.post(page(visit), {"do": "paper", "file": sent}).status_code == 302
    draft = Release.objects.get()
    move = reverse("records:move_release", args=[draft.pk, "say-signed"])
    assert theo.post(move, {"looked": "yes"}).status_code == 422  # still being checked

    checking.check(draft.paper.versions.get().pk)
    assert theo.post(move, {}).status_code == 422
    answer = theo.post(move, {"looked": "yes"}, follow=True)

    release = Release.objects.get()
    assert (release.state, release.how, release.signed_by.name) == ("signed", "paper", "Theo Lindqvist")
    assert "As ticked on the paper." in answer.content.decode()
    assert "looked at by Theo Lindqvist" in answer.content.decode()
    assert item(visit, "slides").state == "needed"


def test_a_paper_that_says_something_else_by_now_does_not_count(visit, folder):  # noqa: F811
    rosa = people.browser(people.person("rosa"))
    rosa.post(page(visit), {"do": "paper", "file": SimpleUploadedFile("signed.pdf", plan_files.pdf())})
    draft = Release.objects.get()
    checking.check(draft.paper.versions.get().pk)
    actions.set_route(item(visit, "clinic_notes"), "through_us", by=actor("rosa"))

    answer = rosa.post(reverse("records:move_release", args=[draft.pk, "say-signed"]), {"looked": "yes"})

    assert answer.status_code == 409
    assert "Print it anew" in answer.content.decode()


def test_a_coordinator_fills_in_and_cannot_sign(visit):
    theo = people.browser(people.person("theo"))
    assert "Only the patient signs." in theo.get(page(visit)).content.decode()

    assert press(theo, visit).status_code == 422
    assert press(theo, visit, do="save", record_number="MRN 12").status_code == 200

    assert Release.objects.get().state == "draft"
    assert "MRN 12" in theo.get(page(visit)).content.decode()


def test_taken_back_on_its_page_and_by_nobody_else(visit):
    release = sign(visit)
    move = reverse("records:move_release", args=[release.pk, "take-back"])
    assert people.browser(people.person("grace")).post(move).status_code == 404

    answer = people.browser(people.person("rosa")).post(move, follow=True)

    assert "Taken back" in answer.content.decode()
    assert Release.objects.get().state == "taken_back"


def test_staff_who_look_at_a_signed_form_are_on_record(visit):
    release = sign(visit)
    people.browser(people.person("theo")).get(reverse("records:signed", args=[release.pk]))
    assert Event.objects.filter(verb="release.opened", why="care").count() == 1


def test_an_offices_own_form_goes_with_ours(visit, folder):  # noqa: F811
    holder = item(visit, "slides").holder
    holder.has_own_form, holder.own_form = True, "Form 7, both sides"
    holder.save()
    rosa = people.browser(people.person("rosa"))
    assert "Form 7, both sides" in rosa.get(page(visit)).content.decode()

    rosa.post(page(visit), {"do": "own_form", "file": SimpleUploadedFile("theirs.pdf", plan_files.pdf())})

    assert Release.objects.get().own_form.title == "Their own form"


def test_what_was_read_goes_with_the_key_of_the_case(visit):
    release = sign(visit, details=Details(former_name="Rosa Ruiz"))
    from portal.vault import files

    files.erase(visit.case.key)

    found = Release.objects.select_related("visit__case__key").get(pk=release.pk)
    assert (found.said, found.details, found.signature) == ("", "", "")


def test_the_authority_is_signed_on_its_page_and_taken_back(visit):
    rosa, address = people.browser(people.person("rosa")), reverse("records:authority", args=[visit.case_id])
    assert "may ask my doctors" in rosa.get(address).content.decode()
    assert rosa.post(address, {"do": "sign", "seen": "1", "name": "Someone Else"}).status_code == 422
    assert rosa.post(address, {"do": "sign", "seen": "7", "name": "Rosa Delgado"}).status_code == 409

    rosa.post(address, {"do": "sign", "seen": "1", "name": "Rosa Delgado"})
    assert Authority.objects.standing().get().how == "typed"
    copy = rosa.get(reverse("records:authority_pdf", args=[visit.case_id]))
    assert "Signed: Rosa Delgado" in words_of(copy.content)

    rosa.post(address, {"do": "take_back"})
    assert not Authority.objects.standing().exists()


def test_a_coordinator_puts_in_the_authority_signed_on_paper(visit, folder):  # noqa: F811
    theo, address = people.browser(people.person("theo")), reverse("records:authority", args=[visit.case_id])
    theo.post(address, {"do": "paper", "file": SimpleUploadedFile("signed.pdf", plan_files.pdf())})
    document = visit.case.documents.get()
    chosen = {"do": "say_signed", "seen": "1", "looked": "yes", "paper": str(document.pk)}
    assert theo.post(address, chosen).status_code == 422
    checking.check(document.versions.get().pk)
    theo.post(address, chosen)

    assert Authority.objects.standing().get().paper == document.pk


def test_hostile_words_stay_words(visit):
    release_actions.save_details(
        visit,
        item(visit, "slides").holder,
        Details(former_name="<script>alert(1)</script>"),
        until_on=UNTIL,
        by=actor("rosa"),
    )
    html = people.browser(people.person("rosa")).get(page(visit)).content.decode()
    assert "<script>alert(1)" not in html


def test_what_is_ticked_one_by_one_is_the_patients_alone(visit):
    rosa, theo = people.browser(people.person("rosa")), people.browser(people.person("theo"))
    assert 'name="special"' in rosa.get(page(visit)).content.decode()
    assert 'name="special"' not in theo.get(page(visit)).content.decode()

    press(theo, visit, do="save", special=["hiv"])
    assert form(visit).details.special == ()

    words = words_of(theo.get(reverse("records:release_pdf", args=[item(visit, "slides").pk])).content)
    assert "These go only if you tick them" in words
    assert "HIV tests and care" in words


def test_the_case_file_says_what_stands_in_the_way(visit):
    theo, address = people.browser(people.person("theo")), reverse("pages:case_file", args=[visit.case_id])
    assert "Nothing is signed for it yet." in theo.get(address).content.decode()
    sign(visit)
    assert "Its form is signed." in theo.get(address).content.decode()
    actions.move_visit(visit, on=date(2027, 1, 12), by=actor("rosa"))
    assert "It ends before the visit." in theo.get(address).content.decode()


@pytest.mark.full
def test_a_paper_that_is_taken_out_counts_no_more_and_again_once_it_is_back(visit, folder):  # noqa: F811
    rosa = people.browser(people.person("rosa"))
    rosa.post(page(visit), {"do": "paper", "file": SimpleUploadedFile("signed.pdf", plan_files.pdf())})
    draft = Release.objects.get()
    checking.check(draft.paper.versions.get().pk)
    rosa.post(reverse("records:move_release", args=[draft.pk, "say-signed"]), {"looked": "yes"})
    sign_authority_on_paper(visit.case, draft.paper_id, version=1, by=actor("rosa"))
    assert release_keeping.may_ask(visit.case)

    documents.withdraw(draft.paper, by=actor("rosa"))

    assert item(visit, "slides").state == "needs_you"
    assert not release_keeping.may_ask(visit.case)
    assert "We cannot use the signed paper" in rosa.get(page(visit)).content.decode()
    address = reverse("records:authority", args=[visit.case_id])
    assert "The signed paper is not here any more." in rosa.get(address).content.decode()

    documents.restore(draft.paper, by=actor("rosa"))
    assert release_keeping.may_ask(visit.case)
    assert "You have signed this" in rosa.get(page(visit)).content.decode()
    assert item(visit, "slides").state == "needed"
