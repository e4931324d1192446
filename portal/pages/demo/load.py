"""Plays the demo's stories day by day, through the real actions, so that every row could have come about."""

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.case import actions as case_actions
from cases.case.models import Office
from cases.case.regions import office_details
from cases.documents import actions as documents
from cases.documents.joining import actions as joining
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.board.handing_over import put_on_board, put_reports_on_board
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.reviews.opening import open_due_reviews
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import actions as page_actions
from portal.pages import copies, friday
from portal.pages.demo import by_phone, calls, helping, house, messages, papers, plan_files, questions, reports, threads
from portal.pages.demo.people import DOCTORS, OFFICES, PATIENTS
from portal.pages.demo.plans import plan
from portal.pages.demo.signing import ask_to_refer, sign_forms, take_records, write_letters
from portal.pages.demo.stories import STORIES
from portal.pages.demo.talks import plan_talk
from portal.pages.demo.told import Deed, Told
from portal.pages.demo.wants import ask_first
from portal.pages.month.actions import count_finished
from portal.reminders import sender

# In UTC: soon after 9 am in Toronto, and in Vancouver, where the other readers' message of the day goes.
MORNINGS = (dt.time(14, 5), dt.time(18, 5))
VERBS_BEHIND = {
    "asked": ("asked",),
    "sent": ("asked", "sent"),
    "arrived": ("asked", "sent", "arrived"),
    "opens_fine": ("asked", "sent", "arrived", "opens_fine"),
    "not_located": ("asked", "not_located"),
    "needs_you": (),  # the kind is laid out so
    "wants_first": ("asked", "wants_first"),  # a copy of an ID and a fee, by fax
}
REPORT_VERBS_BEHIND = {
    "": (),
    "asked": ("asked",),
    "announced": ("asked", "announced"),
    "received": ("asked", "received"),
    "confirmed": ("asked", "received", "confirmed"),
}
ORDINARY_HOUR = 19
VISIT_TIME = dt.time(14, 30)


def load(now: dt.datetime) -> int:
    """Furnish the house and tell every story up to `now`. Answers how many cases there are."""
    first = max(story.began for story in STORIES) + 1
    with clock.lived_at(now - dt.timedelta(days=first)):
        people = house.furnish()
    today = now.astimezone(people["theo"].zone).date()
    deeds = [
        Deed(days_ago, place, act)
        for place, story in enumerate(STORIES)
        for days_ago, act in _deeds(Told(story, people, today))
    ]
    play(sorted(deeds, key=lambda deed: (-deed.days_ago, deed.place)), first, now)
    papers.put_in(now, by=Actor.person(people["theo"]))
    return len(STORIES)


def play(deeds: list[Deed], first: int, now: dt.datetime) -> None:
    """Live through the days: the morning's messages, then what people did, then what the workers found."""
    for day in range(first, -1, -1):
        for morning in (_at(now, day, wall) for wall in MORNINGS):
            if morning <= now:
                with clock.lived_at(morning):
                    friday.plan_coming(morning)
                    copies.plan_coming(morning)
                    put_on_board(now=morning)
                    put_reports_on_board(now=morning)
                    sender.run()
                    count_finished(morning)
        todays = [deed for deed in deeds if day - 1 < deed.days_ago <= day]
        for minutes, deed in enumerate(todays):
            at = _at(now, day, dt.time(ORDINARY_HOUR)) + dt.timedelta(minutes=3 * minutes)
            with clock.lived_at(min(at, now)):
                deed.act()
                _let_workers_look()
    sender.run()  # what people did last goes out at once


def _at(now: dt.datetime, days_ago: int, wall: dt.time) -> dt.datetime:
    """An hour of a day on the wall of our own office."""
    day = now.astimezone(house.ZONE).date() - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, wall, house.ZONE)


def _let_workers_look() -> None:
    """What beat would find in the next minute."""
    checking.check_waiting()
    checking.check_waiting()  # pages of a joined file are checked before it is made
    open_due_reviews(clock.now())


def _deeds(told: Told) -> Iterator[tuple[float, Callable[[], object]]]:
    story, began, theo = told.story, told.story.began, told.people["theo"]
    yield began, lambda: _open(told)
    if story.helper:
        yield began - 5, lambda: helping.let_help(told.case, told.people[story.helper])
    if story.starter:
        yield 1, lambda: helping.ask_for_a_yes(told.case)
    if story.neighbor:
        yield from by_phone.told(lambda: told.case, told.people["theo"], told.people[story.neighbor])
    if story.referral:
        yield from _referral(told)
    if story.second:
        yield began - 1.5, lambda: _name_visit(told)
    if story.second and story.referral == "asked":
        yield began - 3.5, lambda: ask_to_refer(told.case, _visit(told))
    if story.signs:
        yield began - 1.6, lambda: sign_forms(told.case, _visit(told))
        yield began - 2, lambda: write_letters(told.case, _visit(told), theo)
        yield 2, lambda: take_records(_visit(told), theo)
    if story.typed_office[0]:
        yield began - 3, lambda: _type_office(told)
    if story.moved:
        yield story.moved, lambda: _move_visit(told)
    yield from _records(told)
    if story.plan:
        yield max(began - 3, 0), lambda: _add_plan(told)
    if story.messages:
        yield 1, lambda: messages.ODD[story.messages](told.case, theo)
    if story.thread == "told":
        yield from threads.told(lambda: told.case, told.teller, theo)
        yield 0.4, lambda: questions.ask(told.case, told.teller, Actor.person(theo))
    if story.thread == "asked":
        yield from threads.asked(lambda: told.case, told.teller)
    if story.talk_in is not None:
        yield from calls.of_story(told)
    if story.new_plan:
        yield 0.5, lambda: _new_plan(told)
    if story.visit_in is not None and story.visit_in < 0:
        yield max(-story.visit_in - 1, 0), lambda: records.say_took_place(_visit(told), by=told.teller)
        yield from _report(told, -story.visit_in - 1)
    if story.report_here:
        yield 1, lambda: reports.arrives(told.case, _visit(told), Actor.person(theo))
        yield 0.8, lambda: reports.write_cover(_visit(told), Actor.person(theo))
    if story.over_in is not None:
        yield 3, lambda: plan_talk(told.case, house.business_day(told.today, story.over_in or 0), told.teller)
    if story.slides_back_in is not None:
        yield 1, lambda: _lend(told)
    if story.third:
        yield 2, lambda: _ask_a_third(told)
    if story.letters_to:
        yield 2, lambda: messages.want_letters(told.case, story.letters_to, theo)
    if story.call == "asked":
        wish = {"suits": "morning", "note": "Ring twice, the phone is in the kitchen"}
        yield 0, lambda: page_actions.ask_for_a_call(told.case, **wish, by=told.teller)
    if story.call == "made":
        yield 1, lambda: _call(told, "Wants to carry a copy of the report herself")


def _call(told: Told, words: str) -> None:
    """A call that the coordinator made and wrote down."""
    said = {"whom": "patient", "came_of": "reached", "follows": "done", "words": words}
    page_actions.log_call(told.case, press=uuid4(), **said, by=Actor.person(told.people["theo"]))


def _open(told: Told) -> None:
    story = told.story
    fields = {"diagnosis": story.diagnosis}
    if story.treatment_in is not None:
        fields["treatment_on"] = house.business_day(told.today, story.treatment_in)
    person = next(person for person in PATIENTS if person.key == story.patient)
    if story.by_phone:
        told.case = by_phone.open_page(person, story.by_phone, told.people["theo"], **fields)
    elif story.starter:
        told.case = case_actions.open_case(
            patient_name=person.name, starter=told.people[story.starter], by=told.teller, **fields
        )
        User.objects.filter(pk=told.case.patient_id).update(**house.about(person))
    else:
        told.case = case_actions.open_case(patient=told.people[story.patient], by=told.teller, **fields)
    for role, key in (("primary", story.primary), ("first", story.first)):
        doctor = next(doctor for doctor in DOCTORS if doctor.key == key)
        case_actions.set_clinician(
            told.case,
            role,
            name=doctor.name,
            specialty=doctor.field,
            office=_office(doctor.office),
            by=told.teller,
        )
    if story.matters:
        told.case.matters = story.matters
        told.case.save(update_fields=["matters"])


def _office(key: str) -> Office:
    return Office.objects.get(name=next(office.name for office in OFFICES if office.key == key))


def _referral(told: Told) -> Iterator[tuple[float, Callable[[], object]]]:
    began, state = told.story.began, told.story.referral
    if state == "not_needed":
        yield began - 1, lambda: records.move_referral(told.case, "not_needed", by=told.teller)
        return
    yield began - 1, lambda: records.move_referral(told.case, "asked", by=told.teller)
    if state != "asked":
        yield began - 2, lambda: records.move_referral(told.case, state, by=told.teller)


def _name_visit(told: Told) -> None:
    doctor = next(doctor for doctor in DOCTORS if doctor.key == told.story.second)
    visit = records.name_visit(
        told.case, doctor=doctor.name, specialty=doctor.field, office=_office(doctor.office), by=told.teller
    )
    if told.story.visit_in is not None:
        on = house.business_day(told.today, told.story.visit_in + 10 * bool(told.story.moved))
        records.set_visit_date(visit, on=on, at=VISIT_TIME, by=told.teller)


def _type_office(told: Told) -> None:
    """The slides are said to be at an office that the directory does not know by this name."""
    name, phone = told.story.typed_office
    item = RecordItem.objects.select_related("visit__case", "kind").get(visit=_visit(told), kind="slides")
    office = case_actions.add_office(told.case, name=name, phone=phone, by=told.teller, **office_details("CA-ON"))
    records.set_holder(item, office=office, by=told.teller)


def _move_visit(told: Told) -> None:
    on = house.business_day(told.today, told.story.visit_in or 0)
    records.move_visit(_visit(told), on=on, at=VISIT_TIME, by=told.teller)


def _visit(told: Told) -> Visit:
    return Visit.objects.live().select_related("case__patient", "case__key", "office").get(case=told.case, round=2)


def _lend(told: Told) -> None:
    """The lab has said by when its slides go back."""
    slides = RecordItem.objects.select_related("visit__case", "kind").get(visit=_visit(told), kind="slides")
    on = house.business_day(told.today, told.story.slides_back_in or 0)
    records.set_due_back(slides, on=on, by=told.teller)


def _ask_a_third(told: Told) -> None:
    """Somebody who still wonders names a third doctor; what is here already is used again."""
    doctor = next(doctor for doctor in DOCTORS if doctor.key == told.story.third)
    named = {"doctor": doctor.name, "specialty": doctor.field, "office": _office(doctor.office)}
    visit = records.name_visit(told.case, **named, round=3, by=told.teller)
    on = house.business_day(told.today, told.story.third_in)
    records.set_visit_date(visit, on=on, at=VISIT_TIME, by=told.teller)
    records.move_referral(told.case, "asked", round=3, by=told.teller)


def _records(told: Told) -> Iterator[tuple[float, Callable[[], object]]]:
    """Each record moves on every other day, so that the last word about it is from the day before yesterday."""
    over = max(-(told.story.visit_in or 0), 0)
    for place, (kind, reached) in enumerate(told.story.records.items()):
        verbs = VERBS_BEHIND[reached]
        for step, verb in enumerate(verbs):
            days_ago = over + 2 * (len(verbs) - step) - place * 0.1
            yield min(days_ago, told.story.began - 2 - step * 0.01), _telling(told, kind, verb)


def _report(told: Told, since: int) -> Iterator[tuple[float, Callable[[], object]]]:
    """What was said of the report, every third day after the visit."""
    verbs = REPORT_VERBS_BEHIND[told.story.report]
    for step, verb in enumerate(verbs, start=1):
        yield max(since - 3 * step, 0), _telling_of_report(told, verb)


def _telling_of_report(told: Told, verb: str) -> Callable[[], object]:
    def tell() -> None:
        loop = ReportLoop.objects.select_related("visit__case").get(visit=_visit(told))
        records.tell_report(loop, verb, by=told.teller)

    return tell


def _telling(told: Told, kind: str, verb: str) -> Callable[[], object]:
    def tell() -> None:
        item = RecordItem.objects.select_related("visit__case", "kind").get(visit=_visit(told), kind=kind)
        # The referral's own words moved its record on already, and a letter asked for what it asks for.
        if (kind == "referral_letter" and verb in {"asked", "sent"}) or (verb == "asked" and item.asked_on):
            return
        if verb == "wants_first":
            ask_first(item, by=Actor.person(told.people["theo"]))
            return
        reason = "The lab looked twice and did not find it." if verb == "not_located" else ""
        parcel = {"carrier": "Courier", "tracking": "1Z 555 010"} if kind == "slides" and verb == "sent" else {}
        records.tell(item, verb, reason=reason, by=told.teller, **parcel)

    return tell


def _add_plan(told: Told) -> None:
    if told.story.plan == "locked":
        files = [("plan.pdf", plan_files.make_locked_pdf())]
    else:
        files = plan_files.of_plan(plan(told.story.plan), told.people[told.story.patient].name)
    sent = [documents.add_file(told.case, SimpleUploadedFile(name, body), by=told.teller) for name, body in files]
    if len(sent) > 1:
        joining.join(told.case, [version.document_id for version in sent], by=told.teller)


def _new_plan(told: Told) -> None:
    document = told.case.documents.here().plans().order_by("put_in_at").first()
    name, content = plan_files.of_plan(plan(told.story.new_plan), told.people[told.story.patient].name)[0]
    documents.add_version(document, SimpleUploadedFile(name, content), by=told.teller)
