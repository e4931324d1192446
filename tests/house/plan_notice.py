"""Plan messages in a running portal: `python -m tests.house.plan_notice SECONDS NUMBER…`, due in SECONDS, one each.

Prints in how many seconds the last one is due. Run with the portal's PORTAL_VAR; its own kind about missed messages
goes at any hour.
"""

import datetime as dt
import sys
import uuid

import django


def main(seconds: str, *numbers: str) -> None:
    django.setup()
    from portal import clock
    from portal.reminders.actions import plan_row
    from portal.reminders.models import RecipientType, Reminder
    from portal.reminders.staff import MISSED
    from tests import people

    people.person("theo")
    for number in numbers:
        due_at = clock.now() + dt.timedelta(seconds=int(seconds))
        row = Reminder(
            kind=MISSED,
            about_type="reminders.day",
            about_id=uuid.UUID(int=int(number)),
            version=1,
            recipient_type=RecipientType.ROLE,
            recipient_id="coordinator",
            due_at=due_at,
            useful_until=due_at + dt.timedelta(days=1),
        )
        plan_row(row)
    print((due_at - clock.now()).total_seconds())


if __name__ == "__main__":
    main(*sys.argv[1:])
