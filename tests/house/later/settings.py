"""The settings of that version."""

from portal.settings import *  # noqa: F403 -- the portal's own, and one app more
from portal.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.house.later"]
