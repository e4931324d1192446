"""One sender in a process of its own, for tests that kill it: `python -m tests.reminders.process INSTANT VERSIONS`.

INSTANT is when it lives (ISO); VERSIONS is JSON: which things are still due, as the tests' kinds would say.
"""

import datetime as dt
import json
import sys
import uuid

import django
import time_machine


def main(instant: str, versions: str) -> None:
    django.setup()
    from portal.reminders import kinds, sender
    from tests.reminders.kinds import ALL, THINGS

    kinds.register(*ALL)
    THINGS.versions.update({uuid.UUID(thing): version for thing, version in json.loads(versions).items()})
    with time_machine.travel(dt.datetime.fromisoformat(instant), tick=True):
        sender.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
