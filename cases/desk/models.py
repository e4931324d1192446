"""What the desk keeps. Each part of the room has its own rows beside its code."""

from cases.desk.fax.models import Fax as Fax
from cases.desk.letters.models import Letter as Letter
from cases.desk.letters.models import LetterItem as LetterItem
from cases.desk.links.models import FormerCode as FormerCode
from cases.desk.links.models import OfficeLink as OfficeLink
from cases.desk.packet.models import Taken as Taken
from cases.desk.receiving.models import Receipt as Receipt
from cases.desk.receiving.models import ReportWish as ReportWish
from cases.desk.tray.models import Incoming as Incoming
from cases.desk.tray.models import IncomingAnswer as IncomingAnswer
from cases.desk.tray.models import IncomingPage as IncomingPage
