"""What the opinions' room keeps. Each part of the room has its own rows beside its code."""

from cases.opinions.comparing.models import Point as Point
from cases.opinions.comparing.models import Source as Source
from cases.opinions.deciding.models import Decision as Decision
from cases.opinions.questions.models import Question as Question
from cases.opinions.talk.models import Talk as Talk
