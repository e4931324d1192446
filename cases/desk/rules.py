"""What may happen at the desk: each part's table, gathered."""

from cases.desk.tray.rules import INCOMING_MOVES as INCOMING_MOVES
