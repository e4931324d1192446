"""The desk between us and the offices: letters, their pages by a link, what comes back, the packet."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class DeskConfig(AppConfig):
    name = "cases.desk"
    label = "desk"

    def ready(self) -> None:
        from anymail.signals import tracking

        from cases.case import changes, office_ties
        from cases.desk.fax import answers as fax_answers
        from cases.desk.holder import asking
        from cases.desk.letters.sending import follow_authority, follow_release
        from cases.desk.letters.states import whys
        from cases.desk.links import actions, parts
        from cases.desk.links.rules import OpenedAgain
        from cases.desk.mail import composing, desks
        from cases.desk.mail import kinds as mail_kinds
        from cases.desk.mail.planning import PAGE_HELD
        from cases.desk.mail.wishes import REMIND_OFFICE
        from cases.desk.packet import beyond
        from cases.desk.primary import beyond as primary_beyond
        from cases.desk.primary import showing as primary
        from cases.desk.receiving.actions import MISSED
        from cases.desk.receiving.showing import PART as RECEIVING
        from cases.desk.ties import TIES
        from cases.desk.tray import rows
        from cases.desk.tray import words as tray_words
        from cases.desk.tray.asking_back import OTHERS_PAPER
        from cases.documents.reading import readers
        from cases.records.release import ended
        from portal.accounts import nav_counts
        from portal.reminders.emails import register_composer
        from portal.reminders.kinds import register
        from portal.reminders.models import RecipientType
        from portal.reminders.readers import register_source

        office_ties.register(TIES)
        ended.on_end(follow_release)
        changes.on_authority_changed(follow_authority)
        parts.register(parts.Part("holder", "desk/holder.html", asking.part))
        parts.register(RECEIVING)
        readers.tell_beyond(beyond.of_document)
        readers.tell_beyond(primary_beyond.of_document)
        register(*mail_kinds.KINDS)
        register_source(RecipientType.OFFICE, desks.readers, sent=desks.tell_sent, astray=desks.tell_astray)
        register_composer(RecipientType.OFFICE, composing.compose)
        tracking.connect(fax_answers.heard)
        words.register_for_patients("letter.", "office_link.made", "office_link.remind", "office_mail.", "fax.")
        parts.register(primary.PART)
        nav_counts.register("desk:tray", rows.waiting)
        words.register(tray_words.VERBS, tray_words.HISTORY_WHYS)
        words.register(
            {
                "letter.ended": _("A letter to an office was stopped"),
                "letter.made": _("Made a letter to an office"),
                "letter.opened": _("Looked at a letter to an office"),
                "letter.printed": _("Printed a letter to an office"),
                "letter.sent": _("Said a letter to an office went out"),
                "office_link.made": _("Made a link for an office"),
                "fax.asked": _("Sent a letter to an office by fax"),
                "fax.sent": _("A fax to an office went out"),
                "fax.delivered": _("A fax to an office arrived"),
                "fax.failed": _("A fax to an office did not arrive"),
                "office_mail.asked": _("Sent our page to an office"),
                "office_mail.sent": _("Wrote to an office by email"),
                "packet.downloaded": _("Saved everything for a visit"),
                "receipt.said": _("Said what came for a visit"),
                "item.not_come": _("Said a record has not come"),
                "office_link.opened": _("Opened the page for an office"),
                "office_link.tried": _("Tried to open the page for an office: not right"),
                "office_link.locked": _("The page for an office is locked after too many tries"),
                "office_link.unlocked": _("Unlocked the page for an office"),
                "office_link.code_asked": _("Asked for a fresh code to its page"),
                "office_link.renewed": _("Made a new code for an office"),
                "office_link.not_theirs": _("Said this is not its patient"),
                "office_link.opened_again": _("Opened the closed page for an office again"),
                "office_link.remind": _("Asked to be reminded of its report"),
                "office_link.no_reminder": _("Asked for no reminder of its report"),
                "office_link.closed": _("Closed the link for an office"),
            },
            {
                "as_pdf": _("As one PDF"),
                "as_zip": _("As a ZIP"),
                "second_office": _("For the visit there"),
                "primary_office": _("The report, for the primary doctor"),
                REMIND_OFFICE: _("An office asked to be reminded of its report"),
                OTHERS_PAPER: _("An office has another person’s paper"),
                MISSED: _("Something did not come to the second doctor, or is no use"),
                "by_mail": _("By the link in our mail"),
                "on_paper": _("With the code on our letter or fax"),
                **whys(),
                **dict(OpenedAgain.choices),
                actions.LOCKED: _("An office’s page is locked"),
                PAGE_HELD: _("Our page did not go: the office has another address"),
                actions.SEND_CODE: _("An office asks for a fresh code"),
                actions.NOT_THEIRS: _("An office says this is not its patient"),
                actions.CLOSED_BY_HER: _("The patient closed the page of an office"),
            },
        )
