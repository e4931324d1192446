"""The tables of this room's moves, in one place for `manage.py states`."""

from cases.case.second.rules import SECOND_MOVES as SECOND_MOVES
