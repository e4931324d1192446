"""What people read about a paper in the tray."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.tray.models import Incoming
from cases.desk.tray.states import About, Check, How, Said
from cases.records.items.telling import REFERRAL_KIND
from cases.records.models import RecordItem
from portal import when

WHYS = {
    "by_mistake": gettext_lazy("I pressed the wrong thing"),
    "wrong_person": gettext_lazy("It is another person’s paper"),
    "other_thing": gettext_lazy("It is about something else"),
}
CAME_BACK = {
    **WHYS,
    "not_mine": gettext_lazy("The patient says it is another person’s"),
}
VERBS = {
    "incoming.added": gettext_lazy("Put a paper into the tray"),
    "incoming.ready": gettext_lazy("Checked a paper of the tray"),
    "incoming.locked": gettext_lazy("A paper of the tray needs a password"),
    "incoming.refused": gettext_lazy("A paper of the tray did not pass our check"),
    "incoming.stuck": gettext_lazy("A paper of the tray could not be checked yet, and is kept"),
    "incoming.check_again": gettext_lazy("Had a paper of the tray checked again"),
    "incoming.opened": gettext_lazy("Opened a paper that came in"),
    "incoming.turned": gettext_lazy("Turned a page of a paper"),
    "incoming.split": gettext_lazy("Parted a paper in two"),
    "incoming.filed": gettext_lazy("Filed a paper that came in"),
    "incoming.put_back": gettext_lazy("Took a paper back into the tray"),
    "incoming.not_ours": gettext_lazy("Said that a paper is not ours"),
    "incoming.not_mine": gettext_lazy("Said that a paper is another person’s"),
    "incoming.erased": gettext_lazy("Erased a paper that came in"),
}
HISTORY_WHYS = {
    "wrong_person": CAME_BACK["wrong_person"],
    "not_mine": CAME_BACK["not_mine"],
    **{f"filed_{about.value}": about.label for about in About},
}
OF_ITEM = {"wrong_person": "other_thing"}  # the same in the words of a record that is taken back
TITLES = {
    About.AUTHORITY: gettext_lazy("Signed permission"),
    About.REPORT: gettext_lazy("Report"),
}


def why_of_item(why: str) -> str:
    return OF_ITEM.get(why, why)


def title_of(row: Incoming, about: str) -> str:
    """What it is called among the files of its case: "Fax, November 17, 2026"."""
    what = TITLES.get(about) or How(row.how).label  # type: ignore[call-overload]
    return _("%(what)s, %(day)s") % {"what": what, "day": when.month_day(row.came_at, year=True)}


def heading(row: Incoming) -> str:
    """ "Fax, 3 pages", "Voicemail, 40 s"."""
    how = str(How(row.how).label)
    if row.pages:
        pages = ngettext("%(count)d page", "%(count)d pages", row.pages) % {"count": row.pages}
        return _("%(how)s, %(pages)s") % {"how": how, "pages": pages}
    if row.seconds:
        return _("%(how)s, %(seconds)d s") % {"how": how, "seconds": row.seconds}
    return how


def from_whom(row: Incoming) -> str:
    """ "Fax from (555) 010-0177"."""
    if not row.sender:
        return heading(row)
    return _("%(how)s from %(sender)s") % {"how": How(row.how).label, "sender": row.sender}


def hint(row: Incoming, patient: str) -> str:
    """The second line of its row: where its file stands, whose it may be, or from whom it is."""
    if row.came_back:
        return str(CAME_BACK.get(row.came_back, ""))
    if row.is_moving:
        return _("We are checking it")
    if row.check_state == Check.STUCK:
        return _("Not checked yet")
    if row.check_state == Check.LOCKED:
        return _("Locked with a password")
    if row.check_state == Check.REFUSED:
        return _("It did not pass our check")
    if row.reference:
        return ", ".join(part for part in (row.reference, patient) if part)
    if row.sender:
        return _("From %(sender)s") % {"sender": row.sender}
    return _("Reference not read") if row.read_at else ""


def filed_already(row: Incoming) -> str:
    if row.filed_by is None or row.filed_at is None:
        return _("This was filed already.")
    return _("%(name)s filed this, %(moment)s. Nothing was filed twice.") % {
        "name": row.filed_by.name,
        "moment": when.moment(row.filed_at),
    }


def said_of(item: RecordItem | None, said: Said) -> str:
    """A referral is theirs to write, and cannot be looked for in vain."""
    is_referral = item is not None and item.kind_id == REFERRAL_KIND
    return _("They do not refer") if is_referral and said == Said.NOT_FOUND else str(said.label)


def _answers(row: Incoming) -> list[str]:
    together = ("item__kind", "item__visit__case__key", "loop")
    return [
        _("%(record)s: %(said)s")
        % {"record": each.item.called if each.item else _("The report"), "said": said_of(each.item, Said(each.said))}
        for each in row.answers.select_related(*together)
    ]


def settled(row: Incoming) -> str:
    """Who filed it with whom and when, or took it off the tray; empty while it waits."""
    by, at = row.settled_by, row.settled_at
    if by is None or at is None:
        return ""
    if row.case is None:
        return _("%(name)s said on %(moment)s that it is not ours.") % {"name": by.name, "moment": when.moment(at)}
    what = About(row.about).label
    if row.about == About.ITEM and row.item:
        what = _("%(record)s: %(said)s") % {"record": row.item.called, "said": said_of(row.item, Said(row.said))}
    elif row.about == About.LETTER:
        what = ". ".join([str(what), *_answers(row)])
    return _("%(name)s filed it on %(moment)s with %(patient)s. %(what)s.") % {
        "name": by.name,
        "moment": when.moment(at),
        "patient": row.case.patient.name,
        "what": what,
    }
