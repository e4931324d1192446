"""The second visit, its referral, the records that should reach it, and whether they can be there in time."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class RecordsConfig(AppConfig):
    name = "cases.records"
    label = "records"

    def ready(self) -> None:
        from cases.case import authority_actions, changes, office_ties
        from cases.documents import subjects
        from cases.documents.reading import readers
        from cases.documents.ready import on_change, on_kind_change
        from cases.records import reminders
        from cases.records.actions import follow_document, follow_treatment
        from cases.records.items import beyond, opening_reminders
        from cases.records.items.laying import fill_holders
        from cases.records.items.linking import file_subjects, follow_kind
        from cases.records.offices import TIES
        from cases.records.referral import letter_reminders
        from cases.records.release import keeping
        from cases.records.release import reminders as release_reminders
        from cases.records.release.actions import follow_paper
        from cases.records.report import passing
        from cases.records.report import reminders as report_reminders
        from cases.records.report.filing import follow_authority, follow_file
        from cases.records.wants import fees
        from portal.reminders.kinds import register

        for room in (reminders, opening_reminders, report_reminders, release_reminders, letter_reminders):
            register(*room.KINDS)
        on_change(follow_document)
        on_change(follow_paper)
        on_change(follow_file)
        on_kind_change(follow_kind)
        subjects.register(file_subjects)
        subjects.register(passing.file_subjects)
        readers.tell_beyond(beyond.of_document)
        changes.on_treatment_moved(follow_treatment)
        changes.on_doctor_named(fill_holders)
        changes.on_authority_changed(follow_authority)
        authority_actions.ask_of_papers(keeping.is_paper_gone)
        changes.on_to_do_done(letter_reminders.tell_of_fax)
        changes.on_to_do_done(fees.mark_told)
        office_ties.register(TIES)
        words.register_for_patients("visit.", "referral.", "item.", "report.", "release.", "identity.", "fee.")
        words.register(
            {
                "visit.named": _("Named the second doctor"),
                "visit.set_date": _("Saved the visit date"),
                "visit.move": _("Moved the visit date"),
                "visit.cancel": _("Cancelled the visit"),
                "visit.took_place": _("Said the visit took place"),
                "visit.did_not": _("Said the visit did not take place"),
                "visit.way_chosen": _("Chose how to go on with the visit date"),
                "visit.undone": _("Took back the last change of the visit"),
                "referral.asked": _("Asked for the referral"),
                "referral.agreed": _("Said the referral is agreed"),
                "referral.refused": _("Said the referral was refused"),
                "referral.not_needed": _("Said no referral is needed"),
                "referral.sent": _("Said the referral is sent"),
                "referral.asked_anew": _("Asked for the referral once more"),
                "referral.wanted": _("Said a referral is needed after all"),
                "referral.letter_changed": _("Changed the words of the letter for the referral"),
                "referral.letter_taken": _("Saved the letter for the referral as a PDF"),
                "referral.to_be_asked_again": _("Put the referral back: it was asked for another doctor"),
                "referral.undone": _("Took back the last change of the referral"),
                "report.asked": _("Said the report was asked for"),
                "report.asked_again": _("Asked for the report again"),
                "report.announced": _("Said when the report goes out"),
                "report.not_there": _("Said the report is not there"),
                "report.received": _("Said the report arrived"),
                "report.passed_on": _("Said the report was passed on by us"),
                "report.confirmed": _("Said the primary doctor has the report"),
                "report.fax_wanted": _("Asked for the report by fax"),
                "report.file_said": _("Said which visit a report is of"),
                "report.undone": _("Took back the last word about the report"),
                "release.begun": _("Began a form that lets an office send records"),
                "release.changed": _("Changed a form that lets an office send records"),
                "release.signed": _("Signed that an office may send records"),
                "release.replaced": _("A newer form took the place of a signed one"),
                "release.taken_back": _("Took back that an office may send records"),
                "release.paper_added": _("Put in a signed paper"),
                "release.own_form_added": _("Put in an office’s own form"),
                "release.printed": _("Saved a form to sign as a PDF"),
                "release.opened": _("Looked at a signed form"),
                "case.exported": _("Took the list of records into a table"),
                "kind.changed": _("Changed how long a kind of record takes"),
                "item.added": _("Added a record to the list"),
                "item.signed": _("A record can be asked for: its form is signed"),
                "item.unsigned": _("A record waits for a signature again"),
                "item.given": _("A record can be asked for: what the office wanted is here"),
                "fee.paid": _("Said a fee is paid"),
                "fee.not_paid": _("Said a fee is not paid after all"),
                "identity.added": _("Put in a copy of an ID for an office"),
                "identity.ready": _("A copy of an ID passed our check"),
                "identity.refused": _("A copy of an ID did not pass our check"),
                "identity.opened": _("Looked at a copy of an ID"),
                "identity.erased": _("A copy of an ID was erased"),
                "item.asked": _("Said a record was asked for"),
                "item.asked_again": _("Asked for a record again"),
                "item.to_be_asked_again": _("Put a record back: it was asked for another office"),
                "item.acknowledged": _("Said the office is working on a record"),
                "item.on_its_way": _("Said a record is on its way to us or to the patient"),
                "item.held": _("Said a record is in hand"),
                "item.taken_back": _("A file that was a record was taken back"),
                "item.sent": _("Said a record is on its way"),
                "item.arrived": _("Said a record arrived"),
                "item.opens_fine": _("Said a record opens fine"),
                "item.not_located": _("Said a record was not found"),
                "item.incomplete": _("Said a record is not complete"),
                "item.will_not_open": _("Said a record will not open"),
                "item.needs_you": _("Said a record needs the patient"),
                "item.not_wanted": _("Said a record is not needed"),
                "item.wanted": _("Put a record back on the list"),
                "item.route_set": _("Chose how a record travels"),
                "item.holder_set": _("Said which office has a record"),
                "item.core_set": _("Said what the second office needs on the day"),
                "item.due_back_set": _("Said by when a record goes back"),
                "item.given_back": _("Said a record was given back"),
                "item.document_linked": _("Linked a file to a record"),
                "item.undone": _("Took back the last change of a record"),
            },
            {
                "by_mistake": _("Said by mistake"),
                "other_thing": _("It was about something else"),
                "office_differs": _("The office says otherwise"),
                "patient_differs": _("The patient says otherwise"),
                "carry": _("Goes with what they have"),
                "ask": _("The office is asked what it needs"),
                "later": _("A later date"),
                "direct": _("Straight to the second doctor"),
                "through_us": _("Through us"),
                "carried": _("Carried by the patient"),
                "ask_report": _("A question about the report"),
                "pass_on_report": _("A report to pass on"),
                "fax_report": _("A report to be faxed"),
                "which_report": _("A report: of which visit?"),
                "give_back": _("Something lent that goes back"),
                "fax_letter": _("A letter to be faxed"),
                "tell_holder": _("A call to an office: a permission was taken back"),
                "ring_office": _("A call to an office: it is urgent"),
                "tell_paid": _("A call to an office: its fee is paid"),
                "tell_fee_open": _("A call to an office: its fee is not paid after all"),
                "ask_referral": _("A question about the referral"),
                "core": _("Needed on the day"),
                "can_follow": _("Can follow"),
            },
        )
