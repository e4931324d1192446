"""Plan messages that are due now in a running portal: `python -m tests.house.plan_notice NUMBER…`, one each.

Run with its PORTAL_VAR; the portal's own kind about missed messages goes at any hour.
"""

import datetime as dt
import sys
import uuid

import django


def main(numbers: list[str]) -> None:
    django.setup()
    from portal import clock
    from portal.reminders.actions import plan_row
    from portal.reminders.models import RecipientType, Reminder
    from portal.reminders.staff import MISSED
    from tests import people

    people.person("theo")
    for number in numbers:
        now = clock.now()
        row = Reminder(
            kind=MISSED,
            about_type="reminders.day",
            about_id=uuid.UUID(int=int(number)),
            version=1,
            recipient_type=RecipientType.ROLE,
            recipient_id="coordinator",
            due_at=now,
            useful_until=now + dt.timedelta(days=1),
        )
        plan_row(row)


if __name__ == "__main__":
    main(sys.argv[1:])
