"""The worker's part at the desk, gathered from its parts."""

from cases.desk.fax.tasks import send_faxes as send_faxes
from cases.desk.mail.tasks import write_to_offices as write_to_offices
from cases.desk.tray.tasks import check_incoming as check_incoming
from cases.desk.tray.tasks import look_at_tray as look_at_tray
