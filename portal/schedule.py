"""What beat hands to the workers, and how often.

Each entry finds due rows; a beat that was away for days, or runs twice, changes nothing but the delay.
"""

from datetime import timedelta

BEAT: dict[str, dict[str, object]] = {
    "end-asked-holds": {"task": "bookings.tasks.end_asked", "schedule": timedelta(minutes=5)},
    "tell-of-earlier-times": {
        "task": "bookings.tasks.tell_of_earlier_times",
        "schedule": timedelta(minutes=2),
        "options": {"expires": 120},
    },
    "read-outside-calendars": {
        "task": "bookings.tasks.read_outside_calendars",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "open-reviews": {"task": "cases.reviews.tasks.open_due", "schedule": timedelta(minutes=5)},
    # Asked often, done once: a place ends 30 days after the last call, at most an hour late.
    "end-places": {"task": "cases.reviews.tasks.end_places", "schedule": timedelta(hours=1)},
    "check-files": {
        "task": "cases.documents.tasks.check_waiting",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "make-thumbnails": {"task": "cases.documents.tasks.make_thumbnails", "schedule": timedelta(minutes=5)},
    "read-pictures": {
        "task": "cases.documents.tasks.read_pictures",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "look-at-tray": {
        "task": "cases.desk.tray.tasks.look_at_tray",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "check-identity-copies": {
        "task": "cases.records.wants.tasks.check_copies",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "sweep-rooms": {"task": "cases.documents.tasks.sweep_rooms", "schedule": timedelta(hours=1)},
    "retention": {"task": "portal.tasks.keep_no_longer", "schedule": timedelta(hours=24)},
    "watch-system": {
        "task": "portal.tasks.watch_system",
        "schedule": timedelta(minutes=2),
        "options": {"expires": 120},
    },
    "count-month": {"task": "portal.pages.tasks.count_month", "schedule": timedelta(hours=1)},
    "make-backup": {"task": "portal.tasks.make_backup", "schedule": timedelta(hours=1)},
    "prove-backup": {"task": "portal.tasks.prove_backup", "schedule": timedelta(hours=6)},
    # Asked often, done once a night and once a week: the rows say what is due.
    "seal-record": {"task": "portal.tasks.seal_record", "schedule": timedelta(hours=1)},
    "prove-record": {"task": "portal.tasks.prove_record", "schedule": timedelta(hours=6)},
    "look-over-store": {"task": "cases.documents.tasks.look_over_store", "schedule": timedelta(hours=24)},
    "hand-records-over": {"task": "cases.records.tasks.hand_over", "schedule": timedelta(hours=1)},
    "keep-verdicts": {"task": "cases.records.tasks.look_again", "schedule": timedelta(minutes=1)},
    "send-faxes": {
        "task": "cases.desk.fax.tasks.send_faxes",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "write-to-offices": {"task": "cases.desk.mail.tasks.write_to_offices", "schedule": timedelta(minutes=5)},
    "learn-lead-times": {"task": "cases.records.tasks.learn", "schedule": timedelta(hours=24)},
    "replan-changed-lead-times": {"task": "cases.records.tasks.replan_changed", "schedule": timedelta(minutes=5)},
    "plan-anew-after-offices": {"task": "cases.records.tasks.plan_anew", "schedule": timedelta(minutes=5)},
    "send-due-reminders": {
        "task": "portal.reminders.tasks.send_due",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},  # turns that no worker took in days are one turn
    },
    "look-at-wordings": {"task": "portal.reminders.tasks.look_at_wordings", "schedule": timedelta(hours=6)},
    "plan-friday-notes": {"task": "portal.pages.tasks.plan_friday_notes", "schedule": timedelta(hours=6)},
    "end-help": {"task": "cases.case.tasks.end_help", "schedule": timedelta(minutes=15)},
    "plan-digests": {"task": "cases.threads.tasks.plan_digests", "schedule": timedelta(hours=1)},
    "clear-sessions": {"task": "portal.accounts.tasks.clear_old", "schedule": timedelta(hours=6)},
}
