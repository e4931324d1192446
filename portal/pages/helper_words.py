"""What a helper reads about the case of somebody else: the next step, the visit, what the grant covers."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen, How
from cases.case.path import Facts, Step
from portal import when
from portal.pages.words import VERDICT_SENTENCES, StepWords, step_words

CHOSEN = {
    Chosen.DATES: gettext_lazy("dates only"),
    Chosen.MOST: gettext_lazy("everything except private words"),
    Chosen.ACTS: gettext_lazy("all they see, private words too"),
    Chosen.OWN: gettext_lazy("what was chosen one by one"),
}
HEARD = {
    How.PAGE: gettext_lazy("%(name)s said yes on %(day)s."),
    How.MAIL: gettext_lazy("%(name)s said yes on %(day)s, by email."),
    How.TEXT: gettext_lazy("%(name)s said yes on %(day)s, by text."),
    How.PHONE: gettext_lazy("%(name)s said yes on %(day)s, on the phone."),
    How.PAPER: gettext_lazy("%(name)s said yes on %(day)s, on paper."),
    How.LAW: gettext_lazy("A paper lets you act for %(name)s. We read it on %(day)s."),
}
VERDICTS = VERDICT_SENTENCES | {
    "some_will_follow": gettext_lazy("Some records will follow. The date can stay."),
}
ONLY_THEY = (
    gettext_lazy("Sign a permission"),
    gettext_lazy("Accept what our advice is and isn’t"),
    gettext_lazy("Decide"),
)


def covers(grant: Helper) -> dict[str, str]:
    """ "Everything except private words, until December 31. Rosa said yes on November 4, by text." """
    until = _("until %(day)s") % {"day": when.month_day(grant.until_on)} if grant.until_on else _("without an end date")
    named = {"name": grant.patient.first_name, "day": when.month_day(grant.agreed_at)}
    lead = _("You help with: %(what)s, %(until)s.") % {"what": CHOSEN[Chosen(grant.chosen)], "until": until}
    return {"lead": lead, "text": str(HEARD[How(grant.agreed_how)]) % named}


def only_they_can(switches: Iterable[str], has_mandate: bool) -> list[str]:
    """What stays the patient's own."""
    theirs = [] if has_mandate else [str(words) for words in ONLY_THEY]
    return theirs if "private" in set(switches) else [*theirs, _("Read their private words")]


def status(facts: Facts, today: date, name: str, *, sees_records: bool) -> str:
    """The line under the greeting."""
    helps = _("You’re helping %(name)s.") % {"name": name}
    return f"{helps} {where(facts, today, name, sees_records=sees_records)}".strip()


def where(facts: Facts, today: date, name: str, *, sees_records: bool) -> str:
    """When the visit is, and whether the records will be there for those who may know; empty without a visit."""
    if facts.visit_on is None:
        return ""
    sentences = [_visit(facts, (facts.visit_on - today).days, name)]
    if facts.visit_on >= today and facts.verdict and sees_records:
        sentences.append(str(VERDICTS[facts.verdict]))
    return " ".join(sentences)


def _visit(facts: Facts, days: int, name: str) -> str:
    named = {"name": name, "days": days}
    which = facts.round == 3
    if days < 0:
        said = _("%(name)s’s third visit is over.") if which else _("%(name)s’s second visit is over.")
    elif days == 0:
        said = _("%(name)s’s third visit is today.") if which else _("%(name)s’s second visit is today.")
    elif which:
        said = ngettext(
            "%(name)s’s third visit is in %(days)d day.", "%(name)s’s third visit is in %(days)d days.", days
        )
    else:
        said = ngettext(
            "%(name)s’s second visit is in %(days)d day.", "%(name)s’s second visit is in %(days)d days.", days
        )
    return said % named


def step(next_one: Step, name: str) -> StepWords:
    """A step that a helper may do for the patient, as the helper reads it."""
    named = {"name": name, "about": next_one.about}
    plain = step_words(next_one)
    titles = {
        "plan": _("Add %(name)s’s treatment plan"),
        "plan_problem": _("The plan needs another try"),
        "referral": _("A referral from %(name)s’s doctor"),
        "referral_refused": _("Another way to a referral"),
        "visit": _("Name %(name)s’s visit with the second doctor"),
        "third_visit": _("Name %(name)s’s visit with the third doctor"),
        "visit_passed": _("Did %(name)s’s visit take place?"),
        "report": _("Ask for the report of the visit"),
        "report_asked": _("Has the report reached the primary doctor?"),
        "report_announced": _("Has the report reached the primary doctor?"),
        "talk": _("Plan %(name)s’s talk with a doctor"),
        "talk_passed": _("Did %(name)s’s talk take place?"),
        "pay_fee": _("They ask for a fee: %(about)s"),
        "choose_route": _("Choose how this travels: %(about)s"),
        "records": _("Ask for: %(about)s"),
    }
    texts = {
        "plan": _("A phone photo of each page is fine. It goes to the consultant who reads it."),
        "plan_problem": _("We could not open the file. A copy without a password, or a photo of each page, works."),
        "referral": _("Only a doctor or specialist can refer. We have words you can use."),
        "referral_refused": _("The primary doctor can name a specialist who does not work with the first one."),
        "visit": plain.text,
        "third_visit": plain.text,
        "visit_passed": _("One press is enough."),
        "report": _("The second doctor’s office can send it to the primary doctor."),
        "report_asked": _("One press tells us where it is."),
        "report_announced": _("One press tells us where it is."),
        "talk": _("With the primary doctor, or a specialist of their choice."),
        "talk_passed": _("One press is enough."),
        "pay_fee": _("It will be sent once the fee is paid. If that is hard, tell us."),
        "choose_route": _("Straight there, through us, or by hand."),
        "records": plain.text,
    }
    buttons = {"plan": _("Add the plan")}
    title = titles.get(next_one.code, plain.title)
    return StepWords(title % named, texts.get(next_one.code, plain.text), buttons.get(next_one.code, plain.button))
