"""The page on which a patient says by hand how much somebody may help: large print, in the patient's language."""

import datetime as dt

from django.utils.translation import gettext as _

from cases.case.models import Case
from portal import onepage, phones, when
from portal.accounts.models import User
from portal.onepage import Section, Sheet, Tick, in_the_patients_words, made
from portal.texts.words import organisation

LINE = "_" * 24


def sheet(case: Case, person: User, now: dt.datetime) -> Sheet:
    """The page in words. In the patient's language, whoever prints it."""
    here, named = organisation(), {"name": person.name}
    with in_the_patients_words(case.patient):
        sets = [
            Tick(_("Dates only"), _("They see my dates and what is still to do. No records, files or messages.")),
            Tick(
                _("Everything except private words"),
                _("They see dates, records and files. They add papers, book talks and write. Not my notes."),
            ),
            Tick(_("Acts for me"), _("They see all I see, my private words too. They do not sign or decide.")),
            Tick(_("No, not now"), _("Nobody asks why.")),
        ]
        back = [_("Take a photo of this page and add it to my files. Or send it back:")]
        back += [
            part for part in (here.address, here.fax and _("Fax %(fax)s") % {"fax": phones.shown(here.fax)}) if part
        ]
        return made(
            title=_("May %(name)s help me?") % named,
            lead=_("Made on %(day)s for %(patient)s.") % {"day": when.day(now), "patient": case.patient.name},
            reference=case.reference,
            sections=[
                Section(_("Tick one"), ticks=sets),
                Section(_("Until when? Empty means: until I end it"), rows=[{"label": _("Until"), "value": LINE}]),
                Section(
                    _("These stay mine"),
                    rows=[{"label": _("Only I can"), "value": _("sign, say yes to advice, and decide")}],
                ),
                Section(
                    _("I sign"),
                    rows=[
                        {"label": _("My name"), "value": LINE},
                        {"label": _("Day"), "value": LINE},
                        {"label": _("Signature"), "value": LINE},
                    ],
                ),
                Section(_("How it comes back"), rows=[{"label": "", "value": line} for line in back]),
            ],
            foot=_("I can change this or end it at any time: by a call, or on my page."),
        )


def pdf(case: Case, person: User, now: dt.datetime) -> bytes:
    """The page on paper; raises paper.MissingLetters when a letter cannot be shown."""
    with in_the_patients_words(case.patient):
        return onepage.pdf([sheet(case, person, now)], title=_("Help"), author=organisation().name, made_at=now)
