"""The second doctor's office at its page: takes the records, says what came, sends its report."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.case.authority import Authority
from cases.case.authority_actions import take_back_authority
from cases.case.models import ToDo
from cases.desk.links import actions as links
from cases.desk.links import codes
from cases.desk.models import Receipt, Taken
from cases.desk.receiving.actions import MISSED
from cases.documents import actions as documents
from cases.documents.models import Version
from cases.documents.reading import readers
from cases.records import actions
from cases.records.models import Visit
from portal.history.models import Event
from tests import plan_files
from tests.desk import packets
from tests.desk.packets import file_of, through_us
from tests.documents.conftest import folder  # noqa: F401
from tests.people import browser, person
from tests.records.builders import actor, item
from tests.records.report_builders import DAY_AFTER

pytestmark = pytest.mark.django_db
NAME = {"said_by": "Dana Ruiz, front desk"}


@pytest.fixture(autouse=True)
def own_store(folder):  # noqa: F811
    """No test leaves files behind."""


@pytest.fixture
def visit(visit):
    return packets.sign(visit)


@pytest.fixture
def desk(client, second_link):
    """The office's browser, in which code and birth date were right."""
    answer = client.post("/o/", {"code": codes.paper_code(second_link), "born": "5 2 1961"})
    assert answer.status_code == 302
    return client


@pytest.fixture
def after(november_5, visit, second_link):
    """The day after the visit; the office opens its page anew."""
    november_5.move_to(DAY_AFTER)
    links.make_new_code(second_link, by=actor("theo"))
    second_link.refresh_from_db()


def url(name, link, *more):
    return reverse(f"desk:{name}", args=[link.pk, *more])


def shown(desk, link):
    return desk.get(url("page", link)).content.decode()


def body(response):
    return b"".join(response.streaming_content)


def report_file(name="report.pdf", content=None):
    return {"files": SimpleUploadedFile(name, content or plan_files.pdf(pages=3))}


# --- the records -------------------------------------------------------------------------------------------------


def test_the_page_offers_the_records_and_what_comes_directly(desk, second_link, visit):
    file_of(visit, name="my plan.pdf")
    actions.tell(item(visit), "sent", carrier="FedEx", tracking="99", by=actor("theo"))
    page = shown(desk, second_link)
    assert "Rosa Delgado" in page
    assert "One PDF with bookmarks, 1 page" in page
    assert url("receive_pdf", second_link) in page
    assert "Pathology report: sent November 5, FedEx, 99" in page


def test_download_counts_as_arrived_and_the_patient_reads_it(desk, second_link, visit):
    version = file_of(visit)
    assert body(desk.get(url("receive_pdf", second_link))).startswith(b"%PDF")
    there = item(visit, "treatment_plan")
    assert (there.state, there.known_by) == ("arrived", "office_page")
    line = Event.objects.get(verb="packet.downloaded")
    assert (line.actor_kind, line.actor_id, line.why) == ("office", second_link.office_id, "as_pdf")
    assert line.patient == visit.case.patient_id
    assert Taken.objects.get().version == version
    assert "Downloaded" in shown(desk, second_link)
    ledger = browser(person("rosa")).get(reverse("pages:privacy", args=[visit.case.pk])).content.decode()
    assert "Saved everything for a visit" in ledger
    assert "For the visit there" in ledger


def test_a_record_of_two_files_arrived_once_both_were_taken(desk, second_link, visit):
    one, two = file_of(visit), file_of(visit, name="second.pdf")
    assert body(desk.get(url("receive_file", second_link, one.pk)))
    assert item(visit, "treatment_plan").state == "held"
    assert body(desk.get(url("receive_file", second_link, two.pk)))
    assert item(visit, "treatment_plan").state == "arrived"


def test_what_goes_straight_has_not_arrived_by_a_download(desk, second_link, visit):
    actions.tell(item(visit), "asked", by=actor("theo"))
    file_of(visit, "pathology_report")
    type(item(visit)).objects.filter(pk=item(visit).pk).update(route="direct", state="asked", held_on=None)
    assert body(desk.get(url("receive_zip", second_link))).startswith(b"PK")
    assert item(visit).state == "asked"


def test_looking_takes_nothing(desk, second_link, visit):
    version = file_of(visit)
    for address in (
        url("receive_pdf", second_link),
        url("receive_zip", second_link),
        url("receive_file", second_link, version.pk),
    ):
        assert desk.head(address).status_code == 200
    assert not Taken.objects.exists()
    assert item(visit, "treatment_plan").state == "held"


@pytest.mark.parametrize("change", ["hide", "withdraw"])
def test_a_file_that_went_between_page_and_press_is_not_given(desk, second_link, visit, change):
    version = file_of(visit)
    assert "my plan" not in shown(desk, second_link)
    action = {"hide": documents.mark_only_me, "withdraw": documents.withdraw}[change]
    action(version.document, by=actor("rosa"))
    for name, more in (("receive_file", [version.pk]), ("receive_pdf", []), ("receive_zip", [])):
        answer = desk.get(url(name, second_link, *more))
        assert answer.status_code == 302
    assert not Taken.objects.exists()
    assert "not here any more" in shown(desk, second_link)


def test_a_packet_of_nothing_says_so(desk, second_link):
    assert "Nothing to download yet" in shown(desk, second_link)


def test_nothing_goes_once_she_took_it_back(desk, second_link, visit):
    file_of(visit)
    take_back_authority(visit.case, by=actor("rosa"))
    page = shown(desk, second_link)
    assert "The patient took back that we ask for records and pass them on." in page
    assert url("receive_pdf", second_link) not in page
    assert desk.get(url("receive_pdf", second_link)).status_code == 302


def test_once_she_took_it_back_the_page_names_and_takes_nothing(after, desk, second_link, visit):
    actions.tell(item(visit), "sent", carrier="FedEx", by=actor("theo"))
    take_back_authority(visit.case, by=actor("rosa"))
    page = shown(desk, second_link)
    assert "Send your report straight to the patient’s own doctor." in page
    for words in ("Pathology", "FedEx", "Abara", "November 24", "Choose the report"):
        assert words not in page
    posts = [("send_report", report_file()), ("say_report_sent", {}), ("say_visit_happened", {})]
    for name, sent in [*posts, ("say_received", {"came": "all", "said_by": "Dana"})]:
        assert desk.post(url(name, second_link), sent).status_code == 409
    assert not Version.objects.exists()
    assert not Receipt.objects.exists()
    assert Visit.objects.get(pk=visit.pk).state == "booked"


def test_where_it_was_never_signed_the_report_goes_straight(november_5, desk, second_link, visit):
    Authority.objects.filter(case=visit.case).delete()
    november_5.move_to(DAY_AFTER)
    links.make_new_code(second_link, by=actor("theo"))
    second_link.refresh_from_db()
    desk.post("/o/", {"code": codes.paper_code(second_link), "born": "5 2 1961"})
    page = shown(desk, second_link)
    assert "Send it straight to the primary doctor." in page
    assert "Choose the report" not in page
    assert desk.post(url("send_report", second_link), report_file()).status_code == 409
    assert not Version.objects.exists()
    assert desk.post(url("say_report_sent", second_link)).status_code == 302


@pytest.mark.parametrize("name", ["receive_pdf", "receive_zip"])
def test_a_download_that_breaks_off_is_none(desk, second_link, visit, name):
    through_us(visit, "clinic_notes")
    answer = desk.get(url(name, second_link))
    next(iter(answer.streaming_content))
    assert not Taken.objects.exists()
    assert item(visit, "clinic_notes").state == "held"
    assert Event.objects.filter(verb="packet.downloaded").count() == 1  # that they began is on record
    body(desk.get(url(name, second_link)))
    assert item(visit, "clinic_notes").state == "arrived"


def test_what_was_erased_while_it_went_is_no_fault(desk, second_link, visit):
    version = through_us(visit, "clinic_notes")
    answer = desk.get(url("receive_zip", second_link))
    pieces = iter(answer.streaming_content)
    taken = [next(pieces)]
    documents.withdraw(version.document, by=actor("rosa"))
    taken += pieces
    assert b"".join(taken).startswith(b"PK")


def test_the_second_word_about_a_record_stands_on_the_board(desk, second_link, visit):
    found = item(visit, "imaging_reports")
    for said, who, why in (("incomplete", "Dana", "page 2"), ("will_not_open", "Eli", "disc is blank")):
        for verb in ("asked", "sent"):
            actions.tell(item(visit, "imaging_reports"), verb, by=actor("theo"))
        form = {"came": "some", "said_by": who, f"said-{found.pk}": said, f"words-{found.pk}": why}
        assert desk.post(url("say_received", second_link), form).status_code == 302
    [todo] = ToDo.objects.open().filter(kind="office_misses")
    assert todo.note == "Northfield Medical Center. Eli: It will not open. disc is blank"


def test_the_documents_own_page_names_the_office(desk, second_link, visit):
    document = file_of(visit).document
    assert "Northfield Medical Center can save a copy on its page." in readers.beyond(document)
    body(desk.get(url("receive_pdf", second_link)))
    assert "Northfield Medical Center saved a copy on November 5, 2026." in readers.beyond(document)
    links.close(second_link, by=actor("theo"))
    assert "Northfield Medical Center saved a copy on November 5, 2026." in readers.beyond(document)


# --- who gets in -------------------------------------------------------------------------------------------------


def addresses(link, version):
    gets = [url("receive_pdf", link), url("receive_zip", link), url("receive_file", link, version.pk)]
    posts = [url(name, link) for name in ("say_received", "say_visit_happened", "send_report", "say_report_sent")]
    return gets, posts


def test_records_need_code_and_birth_date(client, second_link, visit):
    version = file_of(visit, name="my plan.pdf")
    client.post(f"/o/{codes.mailed_token(second_link)}/", {"born": "5 2 1961"})
    page = shown(client, second_link)
    assert "To open records we need both" in page
    assert "my plan" not in page
    gets, posts = addresses(second_link, version)
    assert all(client.get(address).status_code == 302 for address in gets)
    assert all(client.post(address).status_code == 409 for address in posts)
    assert not Taken.objects.exists()
    client.post(url("add_proof", second_link), {"code": codes.paper_code(second_link)})
    assert "my plan" in shown(client, second_link)


def test_the_holders_office_of_the_same_patient_gets_none_of_it(client, link, second_link, visit):
    version = file_of(visit)
    client.post("/o/", {"code": codes.paper_code(link), "born": "5 2 1961"})
    assert "Download the records" not in shown(client, link)
    for of in (link, second_link):
        gets, posts = addresses(of, version)
        assert all(client.get(address).status_code == 404 for address in gets)
        assert all(client.post(address).status_code == 404 for address in posts)


def test_a_link_that_was_ended_shuts_the_open_page(desk, second_link, visit):
    version = file_of(visit)
    links.close(second_link, by=actor("theo"))
    gets, posts = addresses(second_link, version)
    assert all(desk.get(address).status_code == 410 for address in gets)
    assert all(desk.post(address).status_code == 410 for address in posts)


def test_another_visits_file_is_not_given(desk, second_link, visit):
    other = packets.sign(packets.visit_of_grace())
    theirs = file_of(other)
    assert desk.get(url("receive_file", second_link, theirs.pk)).status_code == 302
    assert not Taken.objects.exists()


# --- what came ---------------------------------------------------------------------------------------------------


def test_everything_is_there_and_opens(desk, second_link, visit):
    file_of(visit)
    actions.tell(item(visit), "sent", by=actor("theo"))
    actions.tell(item(visit, "imaging_reports"), "asked", by=actor("theo"))
    assert desk.post(url("say_received", second_link), {"came": "all", **NAME}).status_code == 302
    assert (item(visit).state, item(visit).known_by) == ("opens_fine", "office_page")
    assert item(visit, "treatment_plan").state == "opens_fine"
    assert item(visit, "imaging_reports").state == "asked"
    assert Receipt.objects.get().said_by == NAME["said_by"]
    assert "You have everything and can read it." in shown(desk, second_link)


def test_said_twice_is_said_once(desk, second_link, visit):
    actions.tell(item(visit), "sent", by=actor("theo"))
    for _time in range(2):
        desk.post(url("say_received", second_link), {"came": "all", **NAME})
    assert Receipt.objects.count() == 1
    assert Event.objects.filter(verb="item.opens_fine").count() == 1


@pytest.mark.parametrize(
    ("said", "state", "is_trouble"),
    [
        ("arrived", "arrived", False),
        ("opens_fine", "opens_fine", False),
        ("incomplete", "incomplete", True),
        ("will_not_open", "will_not_open", True),
        ("not_come", "sent", True),
    ],
)
def test_a_word_for_one_record(desk, second_link, visit, said, state, is_trouble):
    thing = actions.tell(item(visit), "sent", by=actor("theo"))
    words = {f"said-{thing.pk}": said, f"words-{thing.pk}": "Page 2 is <b>cut</b>"}
    assert desk.post(url("say_received", second_link), {"came": "some", **NAME, **words}).status_code == 302
    assert item(visit).state == state
    todo = ToDo.objects.open().filter(kind=MISSED)
    assert todo.exists() == is_trouble
    if is_trouble:
        assert todo.get().note.endswith("Page 2 is <b>cut</b>")
        assert todo.get().note.startswith("Northfield Medical Center. Dana Ruiz, front desk: ")
    assert "<b>cut" not in shown(desk, second_link)


def test_a_word_that_no_longer_fits_changes_nothing(desk, second_link, visit):
    thing = actions.tell(item(visit), "sent", by=actor("theo"))
    form = {"came": "some", **NAME, f"said-{thing.pk}": "arrived"}
    actions.tell(thing, "opens_fine", by=actor("theo"))
    assert desk.post(url("say_received", second_link), form).status_code == 422
    assert item(visit).state == "opens_fine"
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose one of the two."),
        ({"came": "all"}, "Enter your name and role"),
        ({"came": "some", **NAME}, "Say below which one it is."),
    ],
)
def test_what_is_left_out_is_asked_for(desk, second_link, visit, form, words):
    actions.tell(item(visit), "sent", by=actor("theo"))
    answer = desk.post(url("say_received", second_link), form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
