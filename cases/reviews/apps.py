"""A consultant's reading of a plan, and the summary the patient gets."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "cases.reviews"
    label = "reviews"
    verbose_name = "Reviews"

    def ready(self) -> None:
        from bookings.changes import stands_on_page
        from cases.case.changes import on_reader_changed
        from cases.reviews import clear, reading_level, reminders, telling, words
        from cases.reviews.actions import reader_leaves
        from cases.reviews.after import by_phone as after_by_phone
        from cases.reviews.after import showing as after
        from cases.reviews.asking import notices as asking_notices
        from cases.reviews.doctor_note import actions as doctor_note
        from cases.reviews.doctor_note import notices as doctor_note_notices
        from cases.reviews.ending import notices as ending_notices
        from cases.reviews.queue import notices
        from cases.threads.changes import on_answered, says_about
        from portal.accounts.changes import on_reach_changed
        from portal.reminders.kinds import register

        words.register()
        reading_level.register()
        on_answered(clear.answered)
        says_about(clear.abouts)
        stands_on_page(after.part)
        on_reach_changed(telling.way_changed)
        on_reach_changed(after_by_phone.way_changed)
        on_reach_changed(doctor_note.way_changed)
        register(*reminders.KINDS, *asking_notices.KINDS, *notices.KINDS, doctor_note_notices.KIND)
        register(*ending_notices.KINDS)
        on_reader_changed(reader_leaves)
