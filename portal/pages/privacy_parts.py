"""What stands on the privacy page beside the list of looks: who can open what, signing in, what we keep."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case import people
from cases.case.helping.models import Mandate
from cases.case.helping.words import what
from cases.case.models import Case, Consent, SecondReader
from cases.case.opening import KINDS, Opens, who_opens
from cases.desk.links.actions import standing_of
from cases.desk.links.rules import Standing, open_until
from cases.desk.models import OfficeLink
from cases.records.words import listed
from portal import retention, when
from portal.accounts.models import User

OFFICE_LINKS_SHOWN = 20
YEAR = 365
# What is kept of a patient, in her words; the nightly task's own leftovers are not hers to know.
KEPT_WORDS = {
    "closed_cases": gettext_lazy("The words and files of your case, once it is closed"),
    "asked_erasures": gettext_lazy("The same, once you ask us to erase it"),
    "access_record": gettext_lazy("The list of who did what"),
    "rights_to_help": gettext_lazy("Who helped you with what, and until when"),
    "rights_in_law": gettext_lazy("Who acted for you in law"),
    "rights_in_cases": gettext_lazy("Which consultants had your case"),
    "rights_by_consent": gettext_lazy("What you said yes to, and when you took it back"),
    "erased_accounts": gettext_lazy("Your sign-in and how we reach you, after your page was erased"),
    "rights_to_read_along": gettext_lazy("Who read along for some days"),
    "rights_to_look": gettext_lazy("Who looked for an hour, for an urgent reason"),
    "invited_addresses": gettext_lazy("Names and addresses of people you asked to help, once that is over"),
    "companions": gettext_lazy("Names and addresses of people who were with you on a call, after it"),
    "message_words": gettext_lazy("The words of messages we sent you"),
    "withdrawn_files": gettext_lazy("Files you took back"),
    "refused_files": gettext_lazy("Traces of files that did not pass our checks"),
    "identity_copies": gettext_lazy("A copy of your ID, when your visit has no day"),
    "not_ours_papers": gettext_lazy("Papers that came to us by mistake"),
    "drafts": gettext_lazy("What you typed and did not send"),
    "unfinished_intake": gettext_lazy("Answers of someone who did not finish signing up"),
}
NOT_HERS = {"rights_of_staff", "farewell_words", "bytes_left", "files_not_arrived", "own_sentences"}


def can_open(case: Case, reader: User, found: Sequence[Opens] | None = None) -> list[dict[str, Any]]:
    """Everybody who can open something, with what it is and until when; of those `found`, where they were asked for."""
    words = people.words_for(case, reader)
    return [_person(each, words) for each in (who_opens(case) if found is None else found)]


def _person(each: Opens, words: Any) -> dict[str, Any]:
    kinds = listed([str(label) for verb, label in KINDS.items() if verb in each.verbs])
    until = each.grant.until_on if each.grant else None
    return {
        "name": each.user.name,
        "initials": each.user.initials,
        "words": str(words[each.role]),
        "chosen": what(each.grant) if each.grant else "",
        "kinds": _kinds(each, kinds),
        "until": _until(each, until),
        "href": reverse("case:second_reader", args=[each.second.pk]) if each.second else "",
    }


def _kinds(each: Opens, kinds: str) -> str:
    if each.role == people.BEGINNER:
        return _("Can open only what they put in: %(kinds)s, and the files they add.") % {"kinds": kinds}
    if each.urgent:  # one page of its own, besides what the kinds say
        own = _("Can open: your name, your phone, what it is about, and your next dates.")
        return own + " " + _("Your files, too.") if kinds else own
    return _("Can open: %(kinds)s.") % {"kinds": kinds} if kinds else _("Can open nothing.")


def _until(each: Opens, until: dt.date | None) -> str:
    if each.urgent:
        return _("Until %(at)s. Why stands below.") % {"at": when.moment(each.urgent.over_at)}
    if each.role == people.BEGINNER:
        return _("Until you say yes or no.")
    if each.second:
        said = {"day": when.day(each.second.until_on, year=True), "name": each.second.asked_by.name}
        return _("Until %(day)s. %(name)s asked for it.") % said
    if each.grant is None:
        return ""
    return _("Until %(day)s.") % {"day": when.day(until, year=True)} if until else _("Until you end it.")


def links_of(case: Case, reader: User) -> QuerySet[OfficeLink]:
    """The newest pages of offices about this case."""
    found = OfficeLink.objects.visible_to(reader).standing().filter(visit__case=case)
    return found.select_related("office", "visit__case").order_by("-made_at", "pk")[:OFFICE_LINKS_SHOWN]


def offices(links: Iterable[OfficeLink]) -> list[dict[str, str]]:
    """The pages that offices can open, each with its last day."""
    return [_office(link) for link in links if standing_of(link) != Standing.OVER]


def _office(link: OfficeLink) -> dict[str, str]:
    last = open_until(link.visit.on_date)
    if last is None:
        until = _("Open until 30 days after your visit, once it has a day.")
    else:
        until = _("Until %(day)s, 30 days after the visit.") % {"day": when.day(last, year=True)}
    used = _("Last opened %(at)s.") % {"at": when.moment(link.opened_at)} if link.opened_at else _("Never opened.")
    return {"pk": str(link.pk), "title": link.office.name, "hint": f"{until} {used}"}


CONSENTS = {
    Consent.Kind.SCOPE: gettext_lazy("You know what our consultations are, and what they are not"),
    Consent.Kind.NOTE: gettext_lazy("Your primary doctor gets a short note after a call"),
    Consent.Kind.PRIVACY: gettext_lazy("How we keep your data"),
}
HOW = {
    "page": gettext_lazy("You ticked it here."),
    "phone": gettext_lazy("It was read out to you on the phone."),
    "paper": gettext_lazy("You signed it on paper."),
}


def consents(case: Case) -> Any:
    """What its patient said yes to, in this case or outside any, the latest first; each with whether it has ended with
    a second reading.
    """
    over = SecondReader.objects.filter(case=case, reader=OuterRef("consultant"), ended_at=OuterRef("withdrawn_at"))
    asked = Consent.objects.filter(Q(case=case) | Q(case=None), person=case.patient_id)
    asked = asked.annotate(is_over=Exists(over))
    return asked.select_related("consultant", "text", "given_by").order_by("-given_at")


def may_read_again(case: Case, given: Sequence[Consent]) -> set[UUID]:
    """Of those taken back the latest for each consultant who is still part of the case and has none that stands."""
    standing = {each.consultant_id for each in given if not each.withdrawn_at}
    latest: dict[UUID | None, Consent] = {}
    for each in given:  # the latest first
        if each.kind == Consent.Kind.READ and each.consultant_id not in standing:
            latest.setdefault(each.consultant_id, each)
    if not latest:
        return set()
    here = set(case.assignments.filter(ended_at=None, user__in=list(latest)).values_list("user", flat=True))
    return {each.pk for consultant, each in latest.items() if consultant in here}


def consent(given: Any, can_be_withdrawn: bool) -> dict[str, object]:
    """What was said yes to, when and how, and what follows when it is taken back."""
    follows = ""
    if given.consultant:
        name = {"name": given.consultant.name}
        sentence = _("%(name)s may read your files") % name
        follows = _("When you take it back, %(name)s can open no file of yours. Looks stay on the list.") % name
    else:
        sentence = str(CONSENTS[Consent.Kind(given.kind)])
        if given.kind == Consent.Kind.NOTE:
            follows = _("When you take it back, no more notes go. Those that went stay with your doctor.")
    dates = {"given": when.moment(given.given_at), "version": given.text.version}
    how = str(HOW[given.how])
    if given.given_by:
        law = {"who": given.given_by.name, "law": Mandate.Kind(given.given_as).label}
        how = _("%(who)s said yes for you, %(law)s.") % law
    said = _("Since %(given)s. Version %(version)d of the words.") % dates + f" {how}"
    if given.withdrawn_at:
        ended = _("Ended on %(day)s, with the second reading.") if given.is_over else _("Taken back on %(day)s.")
        said = ended % {"day": when.moment(given.withdrawn_at)}
    can = can_be_withdrawn and given.withdrawn_at is None
    return {
        "pk": given.pk,
        "words": sentence,
        "when": said,
        "follows": follows if can else "",
        "can_be_withdrawn": can,
    }


def signing_in(user: User) -> list[dict[str, str]]:
    """How this person signs in, where they are signed in, and how reminders come."""
    kinds, open_now = _ways_in(user)
    keys = kinds.count(Authenticator.Type.WEBAUTHN)
    ways = [_("a code by email")]
    ways += [ngettext("%(count)d passkey", "%(count)d passkeys", keys) % {"count": keys}] if keys else []
    ways += [_("a password")] if user.has_usable_password() else []
    ways += [_("an app with codes")] if Authenticator.Type.TOTP in kinds else []
    told = {"count": open_now}
    return [
        {"label": _("Ways in"), "value": listed(ways), "href": reverse("accounts:settings")},
        {
            "label": _("Open now"),
            "value": ngettext("%(count)d sign-in", "%(count)d sign-ins", open_now) % told,
            "href": reverse("usersessions_list"),
        },
        {
            "label": _("Reminders"),
            "value": str(User.Channel(user.channel).label).capitalize(),
            "hint": _("They never say what you have, nor what kind of doctor you see."),
            "href": reverse("accounts:about_you"),
        },
    ]


def _ways_in(user: User) -> tuple[list[str], int]:
    """The kinds of what this person signs in with, and how many sign-ins are open. One query."""
    own = Authenticator.objects.filter(user=OuterRef("pk")).values("type")
    opened = UserSession.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(open=Count("pk"))
    asked = User.objects.filter(pk=user.pk).values_list(
        ArraySubquery(own), Coalesce(Subquery(opened.values("open")), 0)
    )
    return asked.get()


def kept() -> list[dict[str, str]]:
    """How long each kind of thing is kept, from the table that the nightly task goes by."""
    rules = {rule.code: rule for rule in retention.RULES}
    return [{"label": str(words), "value": _long(rules[code].kept)} for code, words in KEPT_WORDS.items()]


def _long(kept_for: dt.timedelta) -> str:
    years = kept_for.days // YEAR
    if years:
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    return ngettext("%(count)d day", "%(count)d days", kept_for.days) % {"count": kept_for.days}
