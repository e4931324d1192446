"""The law's clock for a patient's own request. Said apart: it moves no verdict, chase or reminder."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.records.days.lead_times import add_business_days


@dataclass(frozen=True)
class LegalClock:
    law: str
    days: int
    extension: int
    complain_to: str | Promise
    in_business_days: bool = False
    is_confirmed: bool = True

    def answer_by(self, asked_on: date, closed: Set[date]) -> date:
        """The day by which the law wants an answer to a request of the patient's own."""
        if self.in_business_days:
            return add_business_days(asked_on, self.days, closed)
        return asked_on + timedelta(days=self.days)


HIPAA = LegalClock("HIPAA", 30, 30, _("the Office for Civil Rights of the US health department"))
PHIPA = LegalClock("PHIPA", 30, 30, _("the Information and Privacy Commissioner of Ontario"))
PIPEDA = LegalClock("PIPEDA", 30, 30, _("the Privacy Commissioner of Canada"))
BRITISH_COLUMBIA = LegalClock(
    "PIPA", 30, 30, _("the Information and Privacy Commissioner for British Columbia"), in_business_days=True
)
UNCONFIRMED = LegalClock("", 30, 0, "", is_confirmed=False)


def clock_for(region: str) -> LegalClock:
    """The clock of a region such as "US-PA" or "CA-ON"; an unconfirmed one where no law was looked up.

    In Canada it depends on the province: the country alone is an unconfirmed one, too.
    """
    by_province = {"CA-ON": PHIPA, "CA-BC": BRITISH_COLUMBIA, "CA": UNCONFIRMED}
    by_country = {"US": HIPAA, "CA": PIPEDA}
    return by_province.get(region) or by_country.get(region.partition("-")[0], UNCONFIRMED)
