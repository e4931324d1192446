"""What may happen in the opinions' room: the tables of its parts."""

from cases.opinions.questions.rules import QUESTION_MOVES as QUESTION_MOVES
from cases.opinions.talk.rules import TALK_MOVES as TALK_MOVES
