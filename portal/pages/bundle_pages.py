"""What stands in the bundle for the post: a letter with what is new, then her pages, each in her own words."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.models import Case
from cases.case.path import next_step
from cases.case.people import COORDINATOR
from cases.opinions.questions import showing as asked
from cases.opinions.questions import targets
from cases.opinions.questions.models import Question
from cases.records import words as record_words
from cases.reviews import frozen
from cases.reviews import sheet as summary_sheet
from cases.reviews.after import by_phone as after_calls
from cases.reviews.after import showing as after
from cases.reviews.models import Summary
from cases.threads import heard
from cases.threads.showing import as_what
from portal import phones, when
from portal.onepage import Section, Sheet, in_the_patients_words, made
from portal.pages import cards, carry, facts, hand, privacy_parts, sheet, signed, words
from portal.pages.facts import Gathered
from portal.reminders import by_hand, emails, letters, readers
from portal.reminders.models import Delivery, Reminder
from portal.texts.words import organisation, text


def waiting(user: Any, case: Case, now: dt.datetime) -> list[tuple[Delivery, str]]:
    """The letters that wait to be posted to the patient, each with the sign of what it says now."""
    return [(each, by_hand.seen(rows)) for each, rows in _letters(user, case, now)]


def _letters(user: Any, case: Case, now: dt.datetime) -> list[tuple[Delivery, list[Reminder]]]:
    """The letters that wait with what each of them has to say."""
    found = hand.letters_to(user, case.patient, now)
    due = by_hand.due_in(found, now)
    return [(each, due[each.pk]) for each in found if due[each.pk]]


def pages(case: Case, user: Any, now: dt.datetime) -> list[Sheet]:
    """The letter, the sheet, what she has not heard yet, where she is, her questions and records, what was agreed, what
    to take along.
    """
    gathered = facts.of_case(case, now)
    found = [sheet.of_case(case, COORDINATOR, now)]
    to_read = hands.to_read(case)
    with in_the_patients_words(case.patient):
        if said := _letter(case, user, now):
            found.insert(0, _page(case, now, _("A letter for you"), said))
        parts = [
            (_("Messages for me"), _messages(case)),
            (_("After my call"), _after(case, user) if hands.READ_OUTCOME in to_read else []),
            (_plan_title(case), _summary(case) if hands.READ_SUMMARY in to_read else []),
            (_("Where I am"), [*_where(gathered, now), *_dates(case, gathered, when.as_date(now))]),
            (_("Questions to ask"), _questions(case, user, now)),
            (_("My records"), _records(gathered)),
            (_("What was agreed"), _agreed(case, user)),
        ]
        found += [_page(case, now, title, sections) for title, sections in parts if sections]
        scope = text("scope_short").body
    takes = carry.of_case(case, user, now)
    found += [takes.sheet] if takes and takes.is_chosen else []
    carries_scope = (found[0].title, found[-1].title, _plan_title(case))
    return [replace(each, foot=scope if each.title in carries_scope else "") for each in found]


def _plan_title(case: Case) -> str:
    with in_the_patients_words(case.patient):
        return _("My plan in plain words")


def _page(case: Case, now: dt.datetime, title: str, sections: list[Section]) -> Sheet:
    lead = _("As of %(at)s, %(zone)s. Reference") % {"at": when.moment(now), "zone": when.zone_name()}
    return made(title=title, lead=lead, reference=case.reference, sections=sections, foot="")


def _letter(case: Case, user: Any, now: dt.datetime) -> list[Section]:
    """What waits to be said, each thing once, below the address that the envelope's window shows."""
    patient = case.patient
    reader = readers.reader_of(readers.address_of(patient), now)
    rows = [row for _letter, due in _letters(user, case, now) for row in due]
    to = Section(_("To"), rows=[{"label": patient.name, "value": patient.postal}])
    if reader is None or not rows:
        return [to] if patient.postal else []
    told = letters.things(rows, reader, now, emails.House())
    lines = [_sentences(each["lead"], each["at"], each["line"], each["question"]) for each in told]
    return [to, Section(_("What we have to tell you"), lines=lines)]


def _messages(case: Case) -> list[Section]:
    """What was written to her and she has not been given yet."""
    said = []
    for message in heard.waiting(case):
        role = as_what(message.author, case, case.patient)
        who = _("%(name)s (%(role)s)") % {"name": message.author.name, "role": role} if role else message.author.name
        files = message.attachments.count()
        with_it = _("A file came with it. Ask us for a copy.") if files else ""
        lead = _("%(who)s, %(at)s") % {"who": who, "at": when.moment(message.sent_at)}
        said.append({"lead": lead, "text": "\n".join(filter(None, (message.text, with_it)))})
    return [Section(_("New since the last pages"), said=said)] if said else []


def _summary(case: Case) -> list[Section]:
    """The newest summary that stands, as it was shared; and which were taken back that came after it, and why."""
    related = ("review__consultation", "review__case__key", "withdrawn_by")
    every = Summary.objects.filter(review__case=case).select_related(*related).order_by("-shared_at", "-number")
    found = next((each for each in every if each.withdrawn_at is None), None)
    gone = [each for each in every if each.withdrawn_at and each.number > (found.number if found else 0)]
    taken_back = [Section(_("Taken back"), said=_intro("\n".join(map(_gone, gone))))] if gone else []
    if found is None:
        return taken_back
    lead = f"{summary_sheet.about(found.frozen)}. {summary_sheet.summary_lead(found)}"
    paper = frozen.on_paper(found.frozen, title="", lead=lead, scope="")
    sections = [
        Section(part["heading"], said=[*_intro(part["intro"]), *(_item(item) for item in part["items"])])
        for part in paper["sections"]
    ]
    return [*taken_back, Section(_("What this is"), said=_intro(lead)), *sections]


def _gone(summary: Summary) -> str:
    words = _("%(who)s took version %(number)s back on %(day)s. Why: %(why)s")
    who, day = (summary.withdrawn_by or summary.shared_by).first_name, when.day(summary.withdrawn_at)
    return words % {"who": who, "number": summary.number, "day": day, "why": summary.withdrawn_why}


def _after(case: Case, user: Any) -> list[Section]:
    """How her calls went, what became of her questions, and what comes next."""
    sections = []
    for told in after.told(case, after_calls.unheard(case), user):
        day = _("Your call of %(day)s") % {"day": when.day(told["call"].starts_at)}
        sections.append(Section(day, said=_intro(told["went"])))
        asked = [{"lead": each.text, "text": each.where or _("Still open")} for each in told["asked"]]
        comes = "\n".join(filter(None, (told["next"]["words"], told["next"]["done"])))
        sections += [Section(_("What you wanted to ask"), said=asked)] if asked else []
        sections.append(Section(_("What comes next"), said=[{"lead": told["next"]["said"], "text": comes}]))
    return sections


def _intro(line: str) -> list[dict[str, str]]:
    return [{"lead": "", "text": line}] if line else []


def _item(item: dict[str, str]) -> dict[str, str]:
    page = _("(%(page)s)") % {"page": item["page"]} if item["page"] else ""
    return {"lead": item["heading"], "text": " ".join(filter(None, (item["text"], page)))}


def _where(gathered: Gathered, now: dt.datetime) -> list[Section]:
    """What her home page says: where things are, and the one next thing."""
    today, here = when.as_date(now), organisation()
    step = next_step(replace(gathered.facts, not_today_until=None), today)
    due = cards.due_words(step)
    ours = {"phone": phones.shown(here.phone), "hours": here.hours}
    call = _("Call us, and we do it with you: %(phone)s. %(hours)s.") % ours if here.phone else ""
    said = {"lead": words.step_words(step).title, "text": _sentences(due, call)}
    where = [{"lead": "", "text": words.status_line(gathered.facts, today)}]
    return [Section(_("Where things are"), said=where), Section(_("The next thing"), said=[said])]


def _sentences(*parts: str) -> str:
    """Each ends with its mark, so that they can be read out as one."""
    return " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part)


def _agreed(case: Case, user: Any) -> list[Section]:
    """Who can open what, who helps and until when, what she said yes to, what she signed."""
    people = [
        {"lead": f"{each['name']}, {each['words']}", "text": " ".join(filter(None, (each["kinds"], each["until"])))}
        for each in privacy_parts.can_open(case, case.patient)
    ]
    links = privacy_parts.offices(privacy_parts.links_of(case, user))
    offices = [{"lead": each["title"], "text": each["hint"]} for each in links]
    consents = [privacy_parts.consent(each, False) for each in privacy_parts.consents(case)]
    said_yes = [{"lead": str(each["words"]), "text": str(each["when"])} for each in consents]
    papers = [
        {"lead": each["title"], "text": f"{each['tag']['label']}. {each['hint']}".strip()}
        for each in signed.of_case(case, user)
    ]
    parts = [
        (_("Who can open what"), people),
        (_("Pages of doctors’ offices"), offices),
        (_("What I said yes to"), said_yes),
        (_("What I signed"), papers),
        (_("To change any of it"), _intro(_("Call us. We change it at once, and write down that you asked."))),
    ]
    return [Section(heading, said=said) for heading, said in parts if said]


def _dates(case: Case, gathered: Gathered, today: dt.date) -> list[Section]:
    rows = [
        {"label": when.day(row["on"], year=True), "value": ". ".join(filter(None, (row["title"], row.get("hint", ""))))}
        for row in cards.coming(gathered, case.pk, today)
    ]
    return [Section(_("What comes, day by day"), rows=rows)] if rows else []


def _questions(case: Case, user: Any, now: dt.datetime) -> list[Section]:
    """What the team may read as well: on paper that others may find stands nothing that she keeps private."""
    groups = asked.groups(asked.of_case(case, user), targets.of_case(case, now), "", case.patient)
    return [Section(group.target.heading, said=[_question(row) for row in group.rows]) for group in groups]


def _question(row: asked.Row) -> dict[str, str]:
    question: Question = row.question
    state = [] if question.is_open else row.hints
    return {"lead": question.text, "text": "\n".join([*state, *filter(None, [question.answer])])}


def _records(gathered: Gathered) -> list[Section]:
    if gathered.standing is None:
        return []
    rows = []
    for each in gathered.standing.items:
        state = str(record_words.item_tag(each.item)["label"])
        holder = each.item.holder.name if each.item.holder else ""
        rows.append({"label": each.item.called, "value": ". ".join(filter(None, (state, holder)))})
    return [Section(_("Where each record is"), rows=rows)] if rows else []
