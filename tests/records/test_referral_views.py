"""What a person sees and can do on the page of the referral."""

from datetime import date

import pytest
from django.urls import reverse

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.records import actions
from cases.records.models import Referral
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.pdf_letters import words_of
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5
from tests.records.reading import main, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


def test_referral_is_asked_for_before_any_visit_has_a_doctor(rosa):
    case = case_of_rosa()
    assert "A letter to ask with" in text(rosa.get(page("referral", case)))
    rosa.post(page("move_referral", case, "asked"))
    referral = Referral.objects.get()
    assert (referral.state, referral.asked_on, referral.known_by) == ("asked", date(2026, 11, 5), "patient")


def test_referral_and_its_letter_move_together(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "sent"))
    assert item(visit, "referral_letter").state == "sent"
    rosa.post(page("move_referral", visit.case, "undo"))
    assert item(visit, "referral_letter").state == "needed"
    assert Referral.objects.get().state == "needed"


def test_a_refused_referral_shows_ways_on(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "refused"))
    shown = text(rosa.get(page("referral", visit.case)))
    assert "They said no. Here are ways on" in shown
    assert "who does not work with the first one" in shown


def test_not_needed_takes_the_letter_off_the_list(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "not_needed"))
    assert item(visit, "referral_letter").state == "not_wanted"


def test_a_letter_that_came_to_nothing_is_asked_for_again_with_its_referral(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "sent"))
    letter = item(visit, "referral_letter")
    actions.tell(letter, "incomplete", reason="The second page is missing", by=actor("rosa"))
    assert Referral.objects.get().state == "sent"
    actions.tell(letter, "asked", by=actor("rosa"))
    referral = Referral.objects.get()
    assert (referral.state, referral.asked_on, referral.sent_on) == ("asked", date(2026, 11, 5), None)
    actions.undo(item(visit, "referral_letter"), by=actor("rosa"))
    assert Referral.objects.get().state == "sent"


def test_a_letter_put_back_on_the_list_makes_the_referral_needed_again(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "asked"))
    actions.tell(item(visit, "referral_letter"), "not_wanted", by=actor("rosa"))
    assert Referral.objects.get().state == "not_needed"
    actions.tell(item(visit, "referral_letter"), "wanted", by=actor("rosa"))
    referral = Referral.objects.get()
    assert (referral.state, referral.asked_on, referral.known_by) == ("needed", None, "")


def test_a_referral_needed_after_all_puts_its_letter_back_on_the_list(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "not_needed"))
    assert "It’s needed after all" in text(rosa.get(page("referral", visit.case)))
    rosa.post(page("move_referral", visit.case, "wanted"))
    assert item(visit, "referral_letter").state == "needed"


def test_a_sent_referral_is_asked_for_anew_by_its_letter_only(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "sent"))
    assert rosa.post(page("move_referral", visit.case, "asked_anew")).status_code == 409
    assert Referral.objects.get().state == "sent"


def test_the_same_move_twice_is_a_conflict_in_words(rosa):
    case = case_of_rosa()
    rosa.post(page("move_referral", case, "asked"))
    assert rosa.post(page("move_referral", case, "asked")).status_code == 409


def test_both_doctors_in_one_office_get_a_gentle_line(rosa):
    case = case_of_rosa()
    rosa.post(page("name_doctor", case), {"doctor": "Dr. Sato", "office": "Lakeside"})
    assert "Dr. Sato works at Lakeside like Dr. Keller." in text(rosa.get(page("referral", case)))


def test_the_letter_holds_no_diagnosis(rosa):
    case = case_of_rosa()
    assert "cancer" not in main(rosa.get(page("referral", case)))


# --- the letter


def section(answer):
    return text(answer).split('id="letter"')[1].split("</section>")[0]


def changed(rosa, case, **more):
    return rosa.post(page("change_letter", case), {"words": "Dear doctor,\n\nplease help.", "seen_at": ""} | more)


def test_the_letter_is_changed_in_place_and_kept(rosa):
    case = case_of_rosa()
    form = section(rosa.get(page("referral", case) + "?change=1"))
    assert "Dear Dr. Abara," in form
    assert "<textarea" in form
    answer = changed(rosa, case)
    assert answer.headers["Location"].endswith("?round=2&letter=refer#letter")
    shown = section(rosa.get(answer.headers["Location"]))
    assert "These are your words, saved on Thursday, November 5." in shown
    assert "please help." in shown


def test_our_words_sent_back_as_they_were_stay_ours(rosa):
    case = case_of_rosa()
    form = rosa.get(page("referral", case) + "?change=1").context["letter_form"]
    changed(rosa, case, words=form["words"].value().replace("\n", "\r\n"))
    assert "These are your words" not in section(rosa.get(page("referral", case)))


def test_what_was_being_typed_is_still_there_another_day(rosa):
    case = case_of_rosa()
    kept = reverse("accounts:draft", args=["letter-refer-2", str(case.pk)])
    rosa.post(kept, {"words": "Half a sentence", "seen_at": ""})
    assert "Half a sentence" in section(rosa.get(page("referral", case) + "?change=1"))
    changed(rosa, case)
    assert "Half a sentence" not in section(rosa.get(page("referral", case) + "?change=1"))


def test_an_empty_letter_is_asked_for(rosa):
    answer = changed(rosa, case_of_rosa(), words=" ")
    assert answer.status_code == 422
    assert "Write your letter, or use our words." in text(answer)


def test_a_letter_that_somebody_changed_meanwhile_keeps_both_until_the_next_press(rosa):
    case = case_of_rosa()
    changed(people.browser(people.person("theo")), case, words="From Theo.")
    answer = changed(rosa, case)
    assert answer.status_code == 409
    assert "Somebody changed this letter since you opened it." in text(answer)
    assert "please help." in section(answer)
    seen_at = answer.context["letter_form"]["seen_at"].value()
    assert changed(rosa, case, seen_at=seen_at).status_code == 302
    assert "please help." in section(rosa.get(page("referral", case)))


def test_ours_come_back_by_one_press(rosa):
    case = case_of_rosa()
    changed(rosa, case)
    rosa.post(page("change_letter", case), {"ours": "1"})
    assert "please help." not in section(rosa.get(page("referral", case)))


def test_the_letter_to_the_primary_doctor_is_one_of_its_own(rosa):
    case = case_of_rosa()
    actions.move_referral(case, "refused", by=actor("rosa"))
    assert "letter=another#letter" in text(rosa.get(page("referral", case)))
    shown = section(rosa.get(page("referral", case) + "?letter=another"))
    assert "does not work with Dr. Keller" in shown
    changed(rosa, case, letter="another")
    assert "please help." not in section(rosa.get(page("referral", case)))


def test_the_pdf_is_a_file_that_tells_nothing_by_its_name(rosa):
    case = case_of_rosa()
    answer = rosa.get(page("letter_pdf", case))
    assert answer["Content-Disposition"] == 'attachment; filename="Letter 2026-11-05.pdf"'
    assert "Dear Dr. Abara" in words_of(answer.content)
    assert Event.objects.filter(verb="referral.letter_taken", case_id=case.pk).count() == 1


def test_a_fax_is_asked_for_done_by_the_coordinator_and_she_sees_both(rosa):
    case = named_visit().case
    answer = rosa.post(page("fax_letter", case), {"letter": "another"})
    shown = section(rosa.get(answer.headers["Location"]))
    assert "We fax it for you. </strong> It was asked for on Thursday, November 5." in shown.replace("you.<", "you. <")
    assert "Ask us to fax it" not in shown

    theo = people.browser(people.person("theo"))
    row = text(theo.get(reverse("pages:caseload")))
    assert "Fax a letter" in row
    assert page("referral", case) + "#letter" in row
    # Without a word about which letter, his page opens the one that waits.
    waiting = theo.get(page("referral", case))
    assert "A letter that asks for another specialist" in section(waiting)
    assert "No fax number is known. Call their office." in section(waiting)
    theo.post(reverse("pages:settle_to_do", args=[waiting.context["fax_asked"].todo.pk]), {"next": "case"})

    shown = section(rosa.get(page("referral", case) + "?letter=another"))
    assert "We faxed it on Thursday, November 5." in shown
    assert "Ask us to fax it again" in shown


def test_whoever_asked_for_a_fax_hears_that_it_is_done(rosa):
    case = named_visit().case
    for times in (1, 2):
        rosa.post(page("fax_letter", case), {"letter": "refer"})
        todo = ToDo.objects.open().get(kind="fax_letter")
        assert Reminder.objects.filter(kind="records.letter_faxed").count() == times - 1
        for _press in range(2):
            settle_to_do(todo, by=actor("theo"))
        told = Reminder.objects.filter(kind="records.letter_faxed").order_by("step")
        assert [row.recipient_id for row in told] == [str(case.patient_id)] * times
    assert "We faxed what you asked for" in text(rosa.get(reverse("pages:ledger", args=[case.pk])))


def test_a_fax_that_is_not_needed_any_more_is_no_news(rosa):
    case = named_visit().case
    rosa.post(page("fax_letter", case), {"letter": "refer"})
    actions.move_referral(case, "sent", by=actor("rosa"))
    assert not ToDo.objects.open().filter(kind="fax_letter").exists()
    assert not Reminder.objects.filter(kind="records.letter_faxed").exists()


def test_the_second_office_is_asked_for_her(rosa):
    case = named_visit().case
    assert "We can ask Northfield Medical Center for you." in text(rosa.get(page("referral", case)))
    rosa.post(page("ask_about_referral", case))
    shown = text(rosa.get(page("referral", case)))
    assert "We were asked to find out on Thursday, November 5." in shown
    assert "Ask for me" not in shown
    row = text(people.browser(people.person("theo")).get(reverse("pages:caseload")))
    assert "Ask about a referral" in row
    assert "Dr. Priya Raman, Northfield Medical Center" in row


def test_without_a_second_office_we_call_her(rosa):
    assert "Please call me about it" in text(rosa.get(page("referral", case_of_rosa())))


def test_nothing_is_asked_once_the_referral_is_sent(rosa):
    case = named_visit().case
    actions.move_referral(case, "sent", by=actor("rosa"))
    assert 'id="letter"' not in text(rosa.get(page("referral", case)))
    answer = rosa.post(page("fax_letter", case))
    assert answer.status_code == 409
    assert "Nothing needs to be asked any more." in text(answer)


def test_hostile_words_are_words(rosa):
    case = case_of_rosa()
    changed(rosa, case, words="<script>alert(1)</script>{{ case }}")
    shown = section(rosa.get(page("referral", case)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ case }}" in shown


def test_who_reads_the_case_as_a_consultant_changes_no_letter():
    case = factories.assign(case_of_rosa(), people.person("joanne"))
    joanne = people.browser(people.person("joanne"))
    assert "Change the words" not in text(joanne.get(page("referral", case)))
    assert changed(joanne, case).status_code == 422
    assert joanne.get(page("letter_pdf", case)).status_code == 404
