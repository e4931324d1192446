"""Rows of the pages that gather."""

from portal.pages.month.models import Month as Month
