"""Rows of the pages that gather."""

from portal.pages.house.models import SystemLine as SystemLine
from portal.pages.month.models import Month as Month
