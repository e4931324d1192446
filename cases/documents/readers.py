"""Who can open the files of a case today, in words made from the very rule that lets them in."""

from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.case.people import HELPER, in_words, role_in, who_can_open, words_for
from portal.accounts.models import User


def of_all(case: Case, reader: User) -> str:
    """Who opens every file but those marked "only me": "you, Joanne Pike (your consultant) and …"."""
    return in_words(who_can_open(case, reader=reader), reader)


def of_own(case: Case, reader: User) -> str:
    """The sentence about the helper, who opens what she put in and nothing else; "" without one."""
    helper = case.starter
    if helper is None or role_in(case, helper) != HELPER:
        return ""
    if helper == reader:
        return _("You can open the files that you add.")
    names = {"name": helper.name, "role": words_for(case, reader)[HELPER]}
    return _("%(name)s (%(role)s) can open only the files that they add.") % names
