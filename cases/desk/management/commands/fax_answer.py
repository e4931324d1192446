"""Takes one answer of the fax gateway, a whole mail, from standard input: for the mailbox that gets them."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from cases.desk.fax import answers


class Command(BaseCommand):
    help = "Note what the fax gateway answered: delivered or failed. Reads one mail from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        fax = answers.take(sys.stdin.buffer.read())
        self.stdout.write(f"{fax}" if fax else "about none of our faxes, or it is still under way")
