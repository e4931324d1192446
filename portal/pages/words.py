"""Sentences for the codes of a case's path: the next step, the ten steps, the line under the greeting."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.path import Facts, Step
from cases.records.report import loop as report_loop
from cases.records.report import planning as report_planning
from cases.records.states import ReportState
from portal import when
from portal.pages.facts import Gathered

PHASE_NAMES = {
    "decide": gettext_lazy("Decide"),
    "arrange": gettext_lazy("Arrange"),
    "meet": gettext_lazy("Meet"),
    "choose": gettext_lazy("Choose"),
}
STEP_NAMES = {
    "ask": gettext_lazy("Decide to ask"),
    "referral": gettext_lazy("Get the referral"),
    "visit": gettext_lazy("Book the second visit"),
    "send": gettext_lazy("Send your records"),
    "arrive": gettext_lazy("Records arrive"),
    "meet": gettext_lazy("Second visit"),
    "report": gettext_lazy("Report goes to your primary doctor"),
    "compare": gettext_lazy("Compare the opinions"),
    "talk": gettext_lazy("Talk it over"),
    "choose": gettext_lazy("Make your decision"),
}
THIRD_STEP_NAMES = STEP_NAMES | {"visit": gettext_lazy("Book the third visit"), "meet": gettext_lazy("Third visit")}
STATE_NAMES = {
    "done": gettext_lazy("Done"),
    "now": gettext_lazy("Now"),
    "later": gettext_lazy("Later"),
}
VERDICT_NAMES = {
    "comfortable": gettext_lazy("Comfortable"),
    "tight": gettext_lazy("Tight"),
    "some_will_follow": gettext_lazy("Some will follow"),
}
VERDICT_SENTENCES = {
    "comfortable": gettext_lazy("The core records have time to spare."),
    "tight": gettext_lazy("The core records can be there in time."),
    "some_will_follow": gettext_lazy("Some records will follow. You can keep the date."),
}

STAFF_VERDICTS = {
    "comfortable": gettext_lazy("Every core record has time to spare."),
    "tight": gettext_lazy("Every core record is expected in time, with little to spare."),
    "some_will_follow": gettext_lazy("Some core records will follow after the visit. The date can stay."),
}


@dataclass(frozen=True)
class StepWords:
    """How a step reads on the patient's page; `button` is empty where there is nothing to press."""

    title: str
    text: str
    button: str = ""


def step_words(step: Step) -> StepWords:
    """The step's title, the why, and the button's words, in the active language."""
    about = {"about": step.about}
    named = _named(step)
    if named:
        return named
    match step.code:
        case "sign":
            return StepWords(
                _("Sign the form for: %(about)s") % about,
                _("They may only send it once you have said yes in writing."),
                _("See what to sign"),
            )
        case "add_id":
            return StepWords(
                _("They want a copy of your ID: %(about)s") % about,
                _("It goes to that office alone, and we erase it after the visit."),
                _("See how"),
            )
        case "choose_route":
            return StepWords(
                _("Choose how this travels: %(about)s") % about,
                _("You say whether it goes straight there, through us, or in your own hands."),
                _("Choose"),
            )
        case "pay_fee":
            return StepWords(
                _("They ask for a fee: %(about)s") % about,
                _("It will be sent once the fee is paid. If that is hard for you, tell us."),
                _("See the fee"),
            )
        case "needs_you":
            return StepWords(
                _("One record needs you: %(about)s") % about,
                _("It goes on as soon as you have done your part."),
                _("See what is needed"),
            )
        case "records":
            text = ngettext(
                "One core record is still to be asked for.",
                "%(count)d core records are still to be asked for.",
                step.count,
            ) % {"count": step.count}
            return StepWords(_("Ask for: %(about)s") % about, text, _("See your records"))
    return StepWords(_("Your next step waits"), _("Open your page to see it."))


def _named(step: Step) -> StepWords | None:
    """Steps whose words do not depend on a record."""
    match step.code:
        case "call":
            return StepWords(
                _("One of us calls you"),
                _("You do not have to do anything. Keep your phone near you."),
            )
        case "plan":
            text = _("It is one of the records the second doctor needs. A phone photo is fine.")
            if step.about:
                text = _(
                    "%(name)s reads it before you talk, so you don’t have to explain everything. A phone photo is fine."
                ) % {"name": step.about}
            return StepWords(_("Add the treatment plan your doctor gave you"), text, _("Add my plan"))
        case "plan_problem":
            return StepWords(
                _("Your plan needs another try"),
                _("We could not open the file. A copy without a password, or a photo of each page, works."),
                _("Add it another way"),
            )
        case "referral":
            return StepWords(
                _("Ask your doctor for a referral"),
                _("Only your doctor or specialist can refer you. We have words you can use."),
                _("Tell us where it stands"),
            )
        case "referral_refused":
            return StepWords(
                _("Find another way to a referral"),
                _("You can ask your primary doctor for a specialist who does not work with the first one."),
                _("See ways on"),
            )
        case "visit":
            return StepWords(
                _("Name your visit with the second doctor"),
                _("Then we can say which records should be there, and by when to ask."),
                _("Name the visit"),
            )
        case "third_visit":
            return StepWords(
                _("Name your visit with the third doctor"),
                _("What is here from your second visit is used again."),
                _("Name the visit"),
            )
        case "visit_passed":
            title = _("Did your second visit take place?")
            if step.about:
                title = _("Did your visit with %(name)s take place?") % {"name": step.about}
            return StepWords(title, _("One press is enough. After that, the report is what counts."), _("Tell us"))
        case "report":
            return StepWords(
                _("Ask for the report to go to your primary doctor"),
                _("The second doctor’s office can send it. Then all of it is in one place."),
                _("See how to ask"),
            )
        case "report_asked":
            return StepWords(
                _("Has the report reached your primary doctor?"),
                _("You asked for it. One press tells us where it is."),
                _("Tell us"),
            )
        case "report_announced":
            return StepWords(
                _("Has the report reached your primary doctor?"),
                _("Their office is sending it. One press tells us when it is there."),
                _("Tell us"),
            )
        case "compare":
            return StepWords(
                _("Look at both opinions side by side"),
                _("Have both reports in front of you. Where they agree, the choice is clearer."),
                _("See my opinions"),
            )
        case "talk":
            return StepWords(
                _("Talk it over with your doctor"),
                _("Your primary doctor, or the specialist of your choice, can weigh it with you."),
                _("Plan the talk"),
            )
        case "talk_ahead" | "talk_passed":
            return _of_talk(step)
        case "choose":
            return StepWords(
                _("Make your decision"),
                _("The final choice is yours. Take the time you need."),
                _("See my opinions"),
            )
        case "nothing":
            return StepWords(_("Nothing to do today"), _("Things move without you. We tell you when they don’t."))
        case "not_today":
            return StepWords(_("That’s all right. Not today"), _("Nothing is lost. Your next step will be here again."))
    return None


def _of_talk(step: Step) -> StepWords:
    """A talk that has a date: to come, or over by the calendar."""
    about = {"about": step.about}
    if step.code == "talk_ahead":
        text = _("Your page has room for your questions. Print it and take it along.")
        return StepWords(_("Your talk with %(about)s is next") % about, text, _("See my page for the talk"))
    text = _("One press is enough. After that, we stop asking.")
    return StepWords(_("Did your talk with %(about)s take place?") % about, text, _("Tell us"))


def status_line(facts: Facts, today: date) -> str:
    """One or two sentences under the greeting: the visit, and whether the records will be there."""
    sentences = [visit_sentence(facts, today)]
    if facts.visit_on and facts.visit_on >= today and facts.verdict:
        sentences.append(str(VERDICT_SENTENCES[facts.verdict]))
    return " ".join(sentences)


def visit_sentence(facts: Facts, today: date) -> str:
    """When the second visit is, seen from today."""
    if facts.visit_on is None:
        return _("This page shows where you stand, and one next thing.")
    days = (facts.visit_on - today).days
    if facts.round == 3:
        return _third_visit(days)
    if days < 0:
        return _("Your second visit is behind you.")
    if days == 0:
        return _("Your second visit is today.")
    if days == 1:
        return _("Your second visit is tomorrow.")
    return ngettext("Your second visit is in %(days)d day.", "Your second visit is in %(days)d days.", days) % {
        "days": days
    }


def _third_visit(days: int) -> str:
    if days < 0:
        return _("Your third visit is behind you.")
    if days == 0:
        return _("Your third visit is today.")
    if days == 1:
        return _("Your third visit is tomorrow.")
    return ngettext("Your third visit is in %(days)d day.", "Your third visit is in %(days)d days.", days) % {
        "days": days
    }


def greeting(hour: int, name: str) -> str:
    """By the hour on the reader's wall, 0 to 23."""
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def visit_words(on: date | None, today: date) -> str:
    """ "Tue, Nov 24, in 15 days"."""
    if on is None:
        return _("Not booked")
    days = (on - today).days
    if days < 0:
        return _("%(day)s, is over") % {"day": when.short_day(on)}
    if days == 0:
        return _("%(day)s, today") % {"day": when.short_day(on)}
    counted = {"day": when.short_day(on), "days": days}
    return ngettext("%(day)s, in %(days)d day", "%(day)s, in %(days)d days", days) % counted


def report_age(gathered: Gathered, today: date) -> dict[str, str] | None:
    """The tag "Report open for 12 days: late"; None before the visit and once somebody has confirmed it."""
    loop, visit = gathered.report, gathered.visit
    if loop is None or visit is None or visit.on_date is None or loop.state == ReportState.CONFIRMED:
        return None
    days = report_loop.days_open(visit.on_date, today)
    age = ngettext("Report open for %(days)d day", "Report open for %(days)d days", days) % {"days": days}
    if days >= report_loop.LAST:
        return {"label": _("%(age)s: call") % {"age": age}, "kind": "stop", "icon": "phone"}
    if days >= report_loop.LATE:
        return {"label": _("%(age)s: late") % {"age": age}, "kind": "warn", "icon": "alert"}
    return {"label": age, "kind": "info", "icon": "clock"}


def report_next(gathered: Gathered) -> str:
    """The one next day of an open report and whose it is; empty once it is confirmed."""
    following = report_planning.next_of(gathered.report, gathered.standing) if gathered.standing else None
    if following is None:
        return ""
    if following.by == report_loop.Asker.PERSON:
        return _("Next: one of us calls, from %(day)s on.") % {"day": when.short_day(following.on)}
    return _("Next: the patient is asked on %(day)s.") % {"day": when.short_day(following.on)}


STAFF_WORDS = {
    "call": gettext_lazy("Call the patient"),
    "sign": gettext_lazy("Patient signs: %(about)s"),
    "add_id": gettext_lazy("Patient adds a copy of the ID: %(about)s"),
    "choose_route": gettext_lazy("Patient chooses a way: %(about)s"),
    "pay_fee": gettext_lazy("A fee is open: %(about)s"),
    "needs_you": gettext_lazy("Patient’s part: %(about)s"),
    "plan": gettext_lazy("Patient adds the plan"),
    "plan_problem": gettext_lazy("The plan cannot be opened"),
    "referral": gettext_lazy("Referral is to be asked for"),
    "referral_refused": gettext_lazy("Referral was refused"),
    "visit": gettext_lazy("Visit has no date yet"),
    "third_visit": gettext_lazy("Third visit has no date yet"),
    "visit_passed": gettext_lazy("Did the visit take place?"),
    "records": gettext_lazy("To be asked for: %(about)s"),
    "report": gettext_lazy("Report to the primary doctor"),
    "report_asked": gettext_lazy("Report asked for, not there yet"),
    "report_announced": gettext_lazy("Report is on its way"),
    "compare": gettext_lazy("Opinions to compare"),
    "talk": gettext_lazy("Talk with the doctor has no date yet"),
    "talk_ahead": gettext_lazy("Talk with the doctor"),
    "talk_passed": gettext_lazy("Did the talk take place?"),
    "choose": gettext_lazy("Patient decides"),
    "nothing": gettext_lazy("Nothing to do"),
    "not_today": gettext_lazy("Put off until %(day)s"),
}


def staff_words(step: Step) -> str:
    """The step as the team says it, with its date where it has one."""
    day = when.short_day(step.due_on) if step.due_on else ""
    sentence = STAFF_WORDS[step.code] % {"about": step.about, "day": day}
    if day and step.code not in {"nothing", "not_today"}:
        return _("%(what)s, %(day)s") % {"what": sentence, "day": day}
    return str(sentence)
