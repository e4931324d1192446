"""Making and sending letters: what they ask, what is said of the records, and what stops them."""

import json

import pytest
from django.db import IntegrityError, transaction

from cases.case.authority_actions import take_back_authority
from cases.case.models import ToDo
from cases.desk.letters import actions, rules, sending
from cases.desk.letters.models import Letter, LetterItem
from cases.desk.letters.sending import LETTER_OUT
from cases.desk.letters.states import LetterEnded
from cases.records import actions as records
from cases.records.release import actions as release_actions
from cases.records.release.form import Details
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.history.models import Event
from tests.desk.letter_builders import letter, may_ask, signed_visit
from tests.records.builders import actor, item, on_november_5
from tests.records.release_builders import sign, visit_to_sign_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


def rows_of(made: Letter) -> dict[str, str]:
    return {row["label"]: row["value"] for row in json.loads(made.said)["rows"]}


@pytest.mark.parametrize(("number", "mark"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (703, "AAA")])
def test_letters_of_a_case_are_marked_by_letters(number, mark):
    assert rules.mark(number) == mark


def test_a_letter_says_what_the_desk_needs():
    details = Details(former_name="Rosa Marín", record_number="40-2217", accession="S26-04417", stain="stained")
    rows = rows_of(letter(signed_visit(details=details)))
    assert rows["Patient"] == "Rosa Delgado, born May 2, 1961, former name \u2068Rosa Marín\u2069"
    assert (rows["Your number"], rows["Slide number"]) == ("40-2217", "S26-04417")
    assert rows["Which slides"] == "Stained slides. If slides stay with you: recuts. With the report."
    assert rows["Straight to"].startswith("Dr. Priya Raman, Northfield Medical Center")
    assert rows["Needed by"] == "Wednesday, November 18, 2026"


def test_slides_have_a_letter_of_their_own():
    visit = signed_visit()
    slides, others = letter(visit), letter(visit, "records", "pathology_report")
    assert [each.item.kind_id for each in slides.asks.all()] == ["slides"]
    kinds = [each.item.kind_id for each in others.asks.all()]
    assert kinds[0] == "pathology_report"
    assert len(kinds) > 1
    assert "slides" not in kinds
    assert (slides.mark, others.mark) == ("A", "B")


def test_pressed_twice_a_letter_is_made_once():
    visit = signed_visit()
    assert letter(visit) == letter(visit)


def test_after_it_went_out_a_new_letter_has_a_new_mark():
    first = letter()
    sending.sent(first, "handed", by=actor("theo"))
    with pytest.raises(Refused):
        letter(first.visit, "again", "pathology_report")  # it was not asked for yet
    assert letter(first.visit, "again").mark == "B"


def test_without_what_was_signed_none_is_made():
    visit = visit_to_sign_for()
    with pytest.raises(Refused, match="not signed yet that we may ask"):
        letter(visit)
    may_ask(visit)
    with pytest.raises(Refused, match="Nothing is signed"):
        letter(visit)
    sign(visit)
    assert letter(visit).mark == "A"


@pytest.mark.parametrize("who", ["grace", "joanne", "ama"])
def test_others_make_none(who):
    visit = signed_visit()
    with pytest.raises(Refused, match="cannot do this"):
        letter(visit, by=who)


@pytest.mark.parametrize(
    ("who", "how", "by_us", "known"), [("theo", "faxed", True, "staff_call"), ("rosa", "handed", False, "patient")]
)
def test_a_letter_that_went_out_asks_for_its_records(who, how, by_us, known):
    made = letter(by=who)
    sending.sent(made, how, by=actor(who))
    slides = item(made.visit, "slides")
    assert (slides.state, slides.asked_by_us, slides.known_by) == ("asked", by_us, known)
    made.refresh_from_db()
    assert (made.sent_how, made.sent_by) == (how, actor(who).user)


def test_said_twice_changes_nothing():
    made = letter()
    sending.sent(made, "posted", by=actor("theo"))
    version, events = item(made.visit, "slides").version, Event.objects.count()
    again = sending.sent(made, "faxed", by=actor("rosa"))
    assert (again.sent_how, item(made.visit, "slides").version) == ("posted", version)
    assert Event.objects.count() == events


def test_a_letter_that_asks_again_asks_again():
    made = letter()
    sending.sent(made, "posted", by=actor("theo"))
    sending.sent(letter(made.visit, "again"), "posted", by=actor("theo"))
    slides = item(made.visit, "slides")
    assert (slides.state, slides.chased_on) == ("asked", slides.asked_on)


def test_what_has_come_meanwhile_is_left_alone():
    made = letter(kind="records", about="pathology_report")
    records.tell(item(made.visit), "arrived", by=actor("rosa"))
    sending.sent(made, "posted", by=actor("theo"))
    assert item(made.visit).state == "arrived"
    assert item(made.visit, "imaging_reports").state == "asked"


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("US-PA", "December 5, 2026: the first answer is due then under HIPAA"),
        ("CA-ON", "December 5, 2026: the first answer is due then under PHIPA"),
        ("CA-BC", "December 18, 2026: the first answer is due then under PIPA"),
        ("FR", "December 5, 2026, counting 30 days (not confirmed for where you are)"),
    ],
)
def test_asking_again_names_the_law_of_the_office(region, said):
    made = letter()
    made.office.region = region
    made.office.save(update_fields=["region"])
    sending.sent(made, "posted", by=actor("theo"))
    assert rows_of(letter(made.visit, "again"))["The law’s date"] == said


def test_permission_taken_back_before_printing_stops_the_letter():
    made = letter()
    release_actions.take_back(made.release, by=actor("rosa"))
    with pytest.raises(Refused, match="permission was taken back"):
        actions.print_letter(made, by=actor("theo"))
    made.refresh_from_db()
    assert (made.ended_why, made.printed_at) == (LetterEnded.TAKEN_BACK, None)
    assert not ToDo.objects.filter(kind=LETTER_OUT).exists()


@pytest.mark.parametrize("how", ["handed", "posted", "faxed"])
def test_permission_taken_back_between_printing_and_sending_stops_it_and_tells_us(how):
    made, _content = actions.print_letter(letter(), by=actor("rosa"))
    release_actions.take_back(made.release, by=actor("rosa"))
    with pytest.raises(Refused, match="If the paper is out, ask for it back"):
        sending.sent(made, how, by=actor("rosa"))
    made.refresh_from_db()
    assert (made.sent_at, item(made.visit, "slides").asked_on) == (None, None)
    todo = ToDo.objects.open().get(kind=LETTER_OUT)
    assert (todo.about_id, todo.case) == (str(made.pk), made.case)
    assert made.reference in todo.note


def test_when_we_may_ask_no_more_its_letters_stop_at_once():
    made, _content = actions.print_letter(letter(), by=actor("theo"))
    take_back_authority(made.case, by=actor("rosa"))
    made.refresh_from_db()
    assert (made.ended_why, made.sent_at) == (LetterEnded.TAKEN_BACK, None)
    assert ToDo.objects.open().filter(kind=LETTER_OUT).count() == 1
    with pytest.raises(Refused, match="The permission was taken back"):
        sending.sent(made, "posted", by=actor("theo"))


def test_a_permission_that_has_run_out_stops_it():
    made = letter()
    type(made.release).objects.filter(pk=made.release_id).update(until_on="2026-11-04")
    with pytest.raises(Refused, match="has run out"):
        sending.sent(made, "posted", by=actor("theo"))


def test_a_record_that_goes_another_way_now_stops_it():
    made = letter(kind="records", about="pathology_report")
    records.set_route(item(made.visit), "through_us", by=actor("rosa"))
    with pytest.raises(Refused, match="does not name everyone"):
        sending.sent(made, "posted", by=actor("theo"))


def test_a_newer_permission_ends_the_letters_of_the_former_one():
    made, _content = actions.print_letter(letter(), by=actor("theo"))
    sign(made.visit, details=Details(record_number="40-2217"))
    made.refresh_from_db()
    assert made.ended_why == LetterEnded.REPLACED
    assert not ToDo.objects.filter(kind=LETTER_OUT).exists()
    assert letter(made.visit).mark == "B"


def test_what_went_out_can_be_printed_again_whatever_came_after():
    made = sending.sent(letter(), "posted", by=actor("theo"))
    release_actions.take_back(made.release, by=actor("rosa"))
    _same, content = actions.print_letter(made, by=actor("theo"))
    assert content.startswith(b"%PDF")


def test_the_system_says_nothing_of_letters():
    """A worker that faxes acts for the person who pressed."""
    with pytest.raises(Refused):
        sending.sent(letter(), "faxed", by=SYSTEM)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"number": 0}, "letter_number_counts_from_1"),
        ({"kind": "poem"}, "letter_kind_is_known"),
        ({"said": b""}, "letter_says_something"),
        ({"release": None}, "letter_for_records_has_a_release"),
        ({"sent_how": "posted"}, "letter_sent_at_and_how_together"),
        ({"sent_at": "2026-11-06T12:00:00Z"}, "letter_sent_at_and_how_together"),
        ({"sent_at": "2026-11-04T12:00:00Z", "sent_how": "posted"}, "letter_instants_in_order"),
        ({"printed_at": "2026-11-04T12:00:00Z"}, "letter_instants_in_order"),
        ({"ended_why": "stopped"}, "letter_ended_says_why"),
        ({"ended_at": "2026-11-06T12:00:00Z", "ended_why": "bored"}, "letter_ended_says_why"),
    ],
)
def test_database_refuses_a_bad_row(change, refused):
    made = letter()
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        Letter.objects.filter(pk=made.pk).update(**change)


def test_database_refuses_a_mark_or_a_record_twice():
    made = letter()
    twin = Letter(case=made.case, visit=made.visit, office=made.office, kind=made.kind, number=1)
    twin.release, twin.authority, twin.made_at, twin.said = made.release, made.authority, made.made_at, "{}"
    with pytest.raises(IntegrityError, match="letter_one_mark_per_case"), transaction.atomic():
        twin.save(force_insert=True)
    for place, refused in ((1, "letteritem_once"), (8, "letteritem_few_enough")):
        other = item(made.visit, "slides" if place == 1 else "pathology_report")
        with pytest.raises(IntegrityError, match=refused), transaction.atomic():
            LetterItem.objects.create(letter=made, item=other, place=place)
