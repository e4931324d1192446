"""What the clock finds due about records: the day on which a person takes over, lead times that changed."""

from cases.records import offices
from cases.records.board import handing_over, keeping, urgent
from cases.records.days import editing, learning
from cases.records.release import actions as release_actions
from cases.records.wants.tasks import check_copies as check_copies
from cases.records.wants.tasks import check_copy as check_copy
from portal import clock
from portal.celery import app


@app.task
def hand_over() -> None:
    """Put what has come due on the board, and ask anew for what ran out. Twice, or late, changes nothing."""
    now = clock.now()
    release_actions.run_out(now)
    handing_over.put_near_visits_on_board(now=now)
    handing_over.put_on_board(now=now)
    urgent.put_on_board(now=now)
    handing_over.put_reports_on_board(now=now)


@app.task
def replan_changed() -> None:
    """Plan open visits by lead times that changed. Twice, or late, changes nothing."""
    editing.replan_changed()


@app.task
def plan_anew() -> None:
    """Plan visits anew whose office changed. Twice, or late, changes nothing: the mark on each is what counts."""
    offices.plan_marked()


@app.task
def look_again() -> None:
    """Keep on each case what a new day or hour changed. Twice, or late, changes nothing."""
    keeping.look_again(clock.now())


@app.task
def learn() -> None:
    """Keep what finished requests say of each office. Twice, or late, changes nothing."""
    learning.learn(clock.now())
