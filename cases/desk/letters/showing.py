"""What the pages of letters show, made ready for the templates."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.people import COORDINATOR, role_in
from cases.desk.letters import filling, rules
from cases.desk.letters.filling import Request
from cases.desk.letters.models import Letter
from cases.desk.letters.states import BY_US, REFERRALS, LetterKind, SentHow
from cases.desk.links import birth_dates
from cases.desk.links.models import OfficeLink
from cases.records.models import RecordItem, Visit
from cases.records.release import form as release_form
from cases.records.release import keeping as release_keeping
from portal import phones, when
from portal.accounts.models import User

TITLES = {
    LetterKind.RECORDS: gettext_lazy("A letter that asks for records"),
    LetterKind.SLIDES: gettext_lazy("A letter that asks for slides"),
    LetterKind.AGAIN: gettext_lazy("A letter that asks again"),
    LetterKind.REPORT: gettext_lazy("A letter that asks for the report"),
    LetterKind.COVER: gettext_lazy("A page to go with the records"),
    LetterKind.CODE: gettext_lazy("The code to an office’s page"),
    LetterKind.REFER: gettext_lazy("A letter that asks for a referral"),
    LetterKind.ANOTHER: gettext_lazy("A letter that asks for another specialist"),
    LetterKind.PASS_ON: gettext_lazy("A page to go with the report"),
}
DONE = {
    LetterKind.CODE: gettext_lazy("Saved. The code is on its way."),
    LetterKind.COVER: gettext_lazy("Saved. The records are on their way."),
    LetterKind.REPORT: gettext_lazy("Saved. The report is asked for."),
    LetterKind.PASS_ON: gettext_lazy("Saved. The report is passed on."),
    LetterKind.REFER: gettext_lazy("Saved. The referral is asked for."),
    LetterKind.ANOTHER: gettext_lazy("Saved. The referral is asked for."),
}
IS_OUT = {
    LetterKind.CODE: gettext_lazy("Say so, and the office has its code."),
    LetterKind.COVER: gettext_lazy("Say so, and the records count as sent."),
    LetterKind.REPORT: gettext_lazy("Say so, and the report counts as asked for."),
    LetterKind.PASS_ON: gettext_lazy("Say so, and the report counts as passed on by us."),
    LetterKind.REFER: gettext_lazy("Say so, and the referral counts as asked for."),
    LetterKind.ANOTHER: gettext_lazy("Say so, and the referral counts as asked for."),
}
SAYS = {
    LetterKind.REPORT: gettext_lazy("It asks them to send the report of the visit to the primary doctor."),
    LetterKind.PASS_ON: gettext_lazy("The report goes behind it, as it is with us."),
    LetterKind.REFER: gettext_lazy("It asks them to refer, and to say so on its strip."),
    LetterKind.ANOTHER: gettext_lazy("It asks them to name another specialist, and to say so on its strip."),
}
OWN_WAYS = {SentHow.HANDED: gettext_lazy("I handed it over"), SentHow.POSTED: gettext_lazy("I posted it")}
STAFF_WAYS = {
    SentHow.HANDED: gettext_lazy("Handed over"),
    SentHow.POSTED: gettext_lazy("Posted"),
    SentHow.FAXED: gettext_lazy("Faxed from our machine"),
}


def ways_of(letter: Letter, user: User) -> dict[SentHow, Any]:
    """How this person may say that a letter went out."""
    if role_in(letter.case, user) == COORDINATOR:
        return STAFF_WAYS
    return {} if letter.kind in BY_US else OWN_WAYS


def ways(letter: Letter, user: User) -> list[dict[str, str]]:
    return [
        {"label": str(label), "url": reverse("desk:send_letter", args=[letter.pk, how])}
        for how, label in ways_of(letter, user).items()
    ]


def done(letter: Letter) -> str:
    return str(DONE.get(LetterKind(letter.kind), _("Saved. The records are asked for.")))


def is_out(letter: Letter) -> str:
    """What follows when somebody says that it is out."""
    return str(IS_OUT.get(LetterKind(letter.kind), _("Say so, and the records count as asked for.")))


def tag(letter: Letter) -> dict[str, str]:
    if letter.sent_at:
        return {"label": str(SentHow(letter.sent_how).label), "kind": "ok"}
    if letter.ended_at:
        return {"label": _("Stopped"), "kind": "stop"}
    if letter.printed_at:
        return {"label": _("Printed, not out yet"), "kind": "warn"}
    return {"label": _("Made, not printed yet"), "kind": "warn"}


def became(letter: Letter) -> list[str]:
    """What happened to it, a line each; the instants on the reader's clock."""
    lines = [_("Made on %(at)s.") % {"at": when.moment(letter.made_at)}]
    if letter.printed_at:
        lines.append(_("Printed on %(at)s.") % {"at": when.moment(letter.printed_at)})
    if letter.sent_at:
        said = {"how": str(SentHow(letter.sent_how).label), "at": when.moment(letter.sent_at)}
        lines.append(_("%(how)s on %(at)s.") % said)
    if letter.ended_at:
        lines.append(_("Stopped on %(at)s.") % {"at": when.moment(letter.ended_at)})
    return lines


def no_birth_date(visit: Visit, *, is_own: bool) -> dict[str, str] | None:
    """What a letter lacks without the patient's birth date, and where it is added; None where it is on file."""
    if birth_dates.of_patient(visit):
        return None
    row = {"label": _("Birth date"), "value": _("Not on file, so this page has no code")}
    if is_own:
        return row | {"value": _("Add it: without it this page has no code"), "href": reverse("accounts:about_you")}
    return row | {"hint": _("Ask the patient for it. The page of the office opens with it.")}


def filled(letter: Letter, *, is_own: bool) -> list[dict[str, str]]:
    """Where the words of the page come from, with the way to change them for the next letter."""
    case, office = letter.case, letter.office
    rows = [
        {"label": _("Goes to"), "value": office.name, "hint": _reach(letter)},
    ]
    if letter.kind == LetterKind.CODE:
        rows.append({"label": _("Gives"), "value": _("The code to their page, without the birth date")})
    else:
        rows.append({"label": _("Asks for"), "value": _asks(letter), "href": reverse("records:list", args=[case.pk])})
    if row := no_birth_date(letter.visit, is_own=is_own):
        rows.append(row)
    if letter.release:
        signed = when.month_day(letter.release.signed_at, year=True) if letter.release.signed_at else ""
        rows.append(
            {
                "label": _("By what was signed"),
                "value": _("The permission of %(day)s") % {"day": signed},
                "href": reverse("records:signed", args=[letter.release_id]),
            }
        )
    if letter.identity:
        rows.append(
            {"label": _("With it"), "value": _("A copy of the ID"), "hint": letter.identity.get_state_display()}
        )
    rows.append(
        {
            "label": _("We may ask"),
            "value": _("Signed on %(day)s") % {"day": when.month_day(letter.authority.signed_at, year=True)},
            "href": reverse("records:authority", args=[case.pk]),
        }
    )
    return rows


def _reach(letter: Letter) -> str:
    office = letter.office
    fax = _("fax %(number)s") % {"number": phones.shown(office.fax)} if office.fax else ""
    return ", ".join(part for part in (office.desk, phones.shown(office.phone), fax, office.likes_to_be_asked) if part)


def _asks(letter: Letter) -> str:
    names = [each.item.called for each in filling.asked_by(letter)]
    about = _("A referral") if letter.kind in REFERRALS else _("The report of the visit")
    return ", ".join(names) or about


def left_over(letter: Letter) -> list[dict[str, str]]:
    """The office's other records of this kind of letter that nobody has asked for: each leads to a second letter."""
    if letter.kind not in {LetterKind.RECORDS, LetterKind.SLIDES} or not letter.is_to_go:
        return []
    named = {each.item_id for each in filling.asked_by(letter)}
    return [
        {"label": item.called, "href": reverse("desk:new_letter", args=[letter.kind, item.pk])}
        for item in release_form.items_of(letter.visit, letter.office)
        if item.pk not in named and rules.kind_of(item.kind_id) == letter.kind and item.state in rules.ASKABLE
    ]


def missing(request: Request, about: RecordItem | Visit | OfficeLink) -> dict[str, Any] | None:
    """What stands in the way of a letter, and the page where it is put right; None where nothing does."""
    if not request.why_not:
        return None
    if not release_keeping.may_ask(request.visit.case):
        href, label = reverse("records:authority", args=[request.visit.case_id]), _("Read it and sign")
    elif isinstance(about, RecordItem):
        href, label = reverse("records:release", args=[about.pk]), _("The form to sign")
    else:
        href = label = ""
    return {"text": request.why_not, "href": href, "label": label}


def rows(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    """Letters in a list, each leading to its page."""
    return [
        {
            "title": f"{letter.reference}, {letter.office.name}",
            "hint": f"{letter.get_kind_display()}. {became(letter)[-1]}",
            "tag": tag(letter),
            "href": letter.get_absolute_url(),
        }
        for letter in letters
    ]
