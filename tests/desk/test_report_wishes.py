"""An office asks to be reminded of its report: on its day, once, by mail or by a call, and not after all."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case import directory
from cases.case.authority_actions import take_back_authority
from cases.case.models import ToDo
from cases.desk.links import actions as links
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.desk.mail import wishes
from cases.desk.models import OfficeLink, ReportWish
from cases.records import actions
from cases.records.models import ReportLoop
from portal import clock
from portal.history.models import Event
from portal.pages import todos
from portal.pages.facts import of_case
from portal.reminders import sender
from portal.reminders.models import Reminder
from tests.case.offices import checked, theo
from tests.desk import letter_builders, packets
from tests.desk.mail_builders import on_file
from tests.records.builders import actor

NOVEMBER_25 = "2026-11-25T15:00:00Z"  # Wednesday, 10 am there: the day after the visit


@pytest.fixture
def visit(visit):
    return packets.sign(visit)


@pytest.fixture
def desk(client, second_link):
    client.post("/o/", {"code": codes.paper_code(second_link), "born": "5 2 1961"})
    return client


@pytest.fixture
def mailed(visit):
    """Its entry has a checked email address."""
    return on_file(visit.office)


def shown(desk, link):
    return desk.get(reverse("desk:page", args=[link.pk])).content.decode()


def press(desk, link, do="remind"):
    return desk.post(reverse("desk:remind", args=[link.pk]), {"do": do})


def turn():
    wishes.put_due(clock.now())
    sender.run()


def mails(box):
    return [mail for mail in box if "the report, as you asked us" in mail.subject]


def calls():
    return list(ToDo.objects.open().filter(kind=wishes.REMIND_OFFICE))


def test_it_goes_on_the_day_after_the_visit_and_once(desk, second_link, visit, mailed, november_5, mailoutbox):
    assert "Remind us on November 25" in shown(desk, second_link)
    for _press in range(2):
        assert press(desk, second_link).status_code == 302
    assert "We remind you on November 25, by email or by a call." in shown(desk, second_link)
    assert Event.objects.get(verb="office_link.remind").actor_id == second_link.office_id
    november_5.move_to("2026-11-24T22:00:00Z")
    turn()
    assert mails(mailoutbox) == []
    november_5.move_to(NOVEMBER_25)  # its link fell asleep meanwhile, and wakes
    for _turn in range(2):
        turn()
    [mail] = mails(mailoutbox)
    assert mail.to == [mailed.email]
    assert "You asked us to remind you." in mail.body
    assert "Rosa" not in mail.body
    assert calls() == []


def test_who_is_not_emailed_is_called(desk, second_link, visit, november_5, mailoutbox):
    press(desk, second_link)
    november_5.move_to(NOVEMBER_25)
    for _turn in range(2):
        turn()
    assert mails(mailoutbox) == []
    [todo] = calls()
    assert todo.note.startswith("Northfield Medical Center")
    row = todos.row(todo, {visit.case_id: of_case(visit.case, clock.now())}, clock.now().date())
    assert (str(row["label"]), row["log_href"]) == ("Remind an office of its report", "")
    actions.say_took_place(visit, by=actor("rosa"))
    turn()
    assert len(calls()) == 1
    actions.tell_report(ReportLoop.objects.get(), "announced", by=actor("rosa"))
    turn()
    assert calls() == []


def test_no_reminder_after_all(desk, second_link, mailed, november_5, mailoutbox):
    press(desk, second_link)
    for _press in range(2):
        assert press(desk, second_link, "no").status_code == 302
    assert "Remind us on November 25" in shown(desk, second_link)
    assert Event.objects.filter(verb="office_link.no_reminder").count() == 1
    november_5.move_to(NOVEMBER_25)
    turn()
    assert mails(mailoutbox) == []


def test_a_visit_that_moves_takes_the_reminder_along(desk, second_link, visit, mailed, november_5, mailoutbox):
    press(desk, second_link)
    actions.move_visit(visit, on=dt.date(2026, 12, 4), by=actor("rosa"))  # a Friday
    november_5.move_to(NOVEMBER_25)
    turn()
    assert mails(mailoutbox) == []
    assert ReportWish.objects.get().on_date == dt.date(2026, 12, 7)
    november_5.move_to("2026-12-07T15:00:00Z")
    turn()
    assert len(mails(mailoutbox)) == 1


@pytest.mark.parametrize("what", ["sent", "called off", "taken back", "closed"])
def test_what_is_over_reminds_nobody(desk, second_link, visit, mailed, november_5, mailoutbox, what):
    press(desk, second_link)
    november_5.move_to("2026-11-25T13:00:00Z")  # 8 am: planned, not yet gone
    if what == "sent":
        actions.say_took_place(visit, by=actor("rosa"))
    wishes.put_due(clock.now())
    if what == "sent":
        actions.tell_report(ReportLoop.objects.get(), "announced", by=actor("rosa"))
    elif what == "called off":
        actions.cancel_visit(visit, by=actor("rosa"))
    elif what == "taken back":
        take_back_authority(visit.case, by=actor("rosa"))
    else:
        links.close(OfficeLink.objects.get(pk=second_link.pk), by=actor("theo"))
    november_5.move_to(NOVEMBER_25)
    turn()
    assert (mails(mailoutbox), calls()) == ([], [])


def test_withdrawn_while_its_mail_waits(desk, second_link, mailed, november_5, mailoutbox):
    press(desk, second_link)
    november_5.move_to("2026-11-25T13:00:00Z")
    wishes.put_due(clock.now())
    wishes.take_back(second_link, by=links.desk_of(second_link))
    november_5.move_to(NOVEMBER_25)
    turn()
    assert mails(mailoutbox) == []
    assert Reminder.objects.get(kind="desk.remind").settled_as == "withdrawn"


def test_asked_again_after_it_went(desk, second_link, visit, mailed, november_5, mailoutbox):
    press(desk, second_link)
    november_5.move_to(NOVEMBER_25)
    turn()
    links.make_new_code(second_link, by=actor("theo"))
    second_link.refresh_from_db()
    desk.post("/o/", {"code": codes.paper_code(second_link), "born": "5 2 1961"})
    assert "Remind us on November 30" in shown(desk, second_link)  # desks are closed until then
    press(desk, second_link)
    november_5.move_to("2026-11-30T15:00:00Z")
    turn()
    assert len(mails(mailoutbox)) == 2


def test_an_office_that_became_part_of_another_is_reminded_there(second_link, visit, november_5, mailoutbox):
    wishes.ask(second_link, by=links.desk_of(second_link))
    twin = on_file(checked("Northfield Clinic", case=visit.case))
    link_for(visit, twin, by=actor("theo"))
    directory.merge(visit.office, twin, by=theo())
    november_5.move_to(NOVEMBER_25)
    turn()
    [mail] = mails(mailoutbox)
    assert mail.to == [twin.email]


@pytest.mark.parametrize("lost", ["before its day", "while its mail waits"])
def test_signed_anew_it_is_reminded_all_the_same(desk, second_link, visit, mailed, november_5, mailoutbox, lost):
    press(desk, second_link)
    if lost == "before its day":
        take_back_authority(visit.case, by=actor("rosa"))
    november_5.move_to("2026-11-25T13:00:00Z")
    wishes.put_due(clock.now())
    if lost == "while its mail waits":
        take_back_authority(visit.case, by=actor("rosa"))
    november_5.move_to(NOVEMBER_25)
    for _turn in range(2):
        turn()
    assert (mails(mailoutbox), calls()) == ([], [])
    letter_builders.may_ask(visit)
    november_5.move_to("2026-11-25T19:00:00Z")
    turn()
    november_5.move_to("2026-11-30T15:00:00Z")  # their next day
    for _turn in range(2):
        turn()
    assert len(mails(mailoutbox)) == 1
    assert calls() == []


@pytest.mark.parametrize("is_mailed", [True, False])
def test_merged_while_its_mail_waits_the_other_office_is_reminded(
    second_link, visit, mailed, november_5, mailoutbox, is_mailed
):
    wishes.ask(second_link, by=links.desk_of(second_link))
    november_5.move_to("2026-11-25T13:00:00Z")
    wishes.put_due(clock.now())
    twin = checked("Northfield Clinic", case=visit.case)
    if is_mailed:
        twin = on_file(twin)
    directory.merge(visit.office, twin, by=theo())
    november_5.move_to(NOVEMBER_25)
    sender.run()
    turn()
    november_5.move_to("2026-11-30T15:00:00Z")
    for _turn in range(2):
        turn()
    assert [mail.to for mail in mails(mailoutbox)] == ([[twin.email]] if is_mailed else [])
    assert [todo.note.split(" · ")[0] for todo in calls()] == ([] if is_mailed else ["Northfield Clinic"])


def test_where_nothing_is_awaited_nothing_is_offered(desk, second_link, visit, november_5):
    visit = actions.cancel_visit(visit, by=actor("rosa"))
    assert press(desk, second_link).status_code in {409, 410}
    assert not ReportWish.objects.exists()


def test_another_office_and_a_stranger_ask_for_none(client, link, second_link, visit):
    assert press(client, second_link).status_code == 404
    client.post("/o/", {"code": codes.paper_code(link), "born": "5 2 1961"})
    assert press(client, link).status_code == 404
    assert not ReportWish.objects.exists()


def test_the_database_keeps_one_wish_and_its_order(second_link):
    wish = wishes.ask(second_link, by=links.desk_of(second_link))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportWish.objects.create(link=second_link, on_date=wish.on_date, asked_at=wish.asked_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportWish.objects.filter(pk=wish.pk).update(settled_at=wish.asked_at - dt.timedelta(days=1))
