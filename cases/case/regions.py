"""Where an office is: the region for its closed days, and the time zone most people there live by."""

from django.utils.translation import gettext_lazy as _

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)

# code: (name, time zone). A state in two zones has that of its larger cities; the office's page can change it.
REGIONS: dict[str, tuple[str, str]] = {
    "US-AL": ("Alabama", CENTRAL),
    "US-AK": ("Alaska", "America/Anchorage"),
    "US-AZ": ("Arizona", "America/Phoenix"),
    "US-AR": ("Arkansas", CENTRAL),
    "US-CA": ("California", PACIFIC),
    "US-CO": ("Colorado", MOUNTAIN),
    "US-CT": ("Connecticut", EASTERN),
    "US-DE": ("Delaware", EASTERN),
    "US-DC": ("District of Columbia", EASTERN),
    "US-FL": ("Florida", EASTERN),
    "US-GA": ("Georgia", EASTERN),
    "US-HI": ("Hawaii", "Pacific/Honolulu"),
    "US-ID": ("Idaho", "America/Boise"),
    "US-IL": ("Illinois", CENTRAL),
    "US-IN": ("Indiana", "America/Indiana/Indianapolis"),
    "US-IA": ("Iowa", CENTRAL),
    "US-KS": ("Kansas", CENTRAL),
    "US-KY": ("Kentucky", EASTERN),
    "US-LA": ("Louisiana", CENTRAL),
    "US-ME": ("Maine", EASTERN),
    "US-MD": ("Maryland", EASTERN),
    "US-MA": ("Massachusetts", EASTERN),
    "US-MI": ("Michigan", "America/Detroit"),
    "US-MN": ("Minnesota", CENTRAL),
    "US-MS": ("Mississippi", CENTRAL),
    "US-MO": ("Missouri", CENTRAL),
    "US-MT": ("Montana", MOUNTAIN),
    "US-NE": ("Nebraska", CENTRAL),
    "US-NV": ("Nevada", PACIFIC),
    "US-NH": ("New Hampshire", EASTERN),
    "US-NJ": ("New Jersey", EASTERN),
    "US-NM": ("New Mexico", MOUNTAIN),
    "US-NY": ("New York", EASTERN),
    "US-NC": ("North Carolina", EASTERN),
    "US-ND": ("North Dakota", CENTRAL),
    "US-OH": ("Ohio", EASTERN),
    "US-OK": ("Oklahoma", CENTRAL),
    "US-OR": ("Oregon", PACIFIC),
    "US-PA": ("Pennsylvania", EASTERN),
    "US-PR": ("Puerto Rico", "America/Puerto_Rico"),
    "US-RI": ("Rhode Island", EASTERN),
    "US-SC": ("South Carolina", EASTERN),
    "US-SD": ("South Dakota", CENTRAL),
    "US-TN": ("Tennessee", CENTRAL),
    "US-TX": ("Texas", CENTRAL),
    "US-UT": ("Utah", MOUNTAIN),
    "US-VT": ("Vermont", EASTERN),
    "US-VA": ("Virginia", EASTERN),
    "US-WA": ("Washington", PACIFIC),
    "US-WV": ("West Virginia", EASTERN),
    "US-WI": ("Wisconsin", CENTRAL),
    "US-WY": ("Wyoming", MOUNTAIN),
    "CA-AB": ("Alberta", "America/Edmonton"),
    "CA-BC": ("British Columbia", "America/Vancouver"),
    "CA-MB": ("Manitoba", "America/Winnipeg"),
    "CA-NB": ("New Brunswick", "America/Moncton"),
    "CA-NL": ("Newfoundland and Labrador", "America/St_Johns"),
    "CA-NS": ("Nova Scotia", "America/Halifax"),
    "CA-NT": ("Northwest Territories", "America/Yellowknife"),
    "CA-NU": ("Nunavut", "America/Iqaluit"),
    "CA-ON": ("Ontario", "America/Toronto"),
    "CA-PE": ("Prince Edward Island", "America/Halifax"),
    "CA-QC": ("Quebec", "America/Toronto"),
    "CA-SK": ("Saskatchewan", "America/Regina"),
    "CA-YT": ("Yukon", "America/Whitehorse"),
}

CHOICES = [
    ("", _("Not sure")),
    (_("United States"), [(code, name) for code, (name, _zone) in REGIONS.items() if code.startswith("US")]),
    (_("Canada"), [(code, name) for code, (name, _zone) in REGIONS.items() if code.startswith("CA")]),
]


COUNTRY_OF_ZONE = {zone: code.partition("-")[0] for code, (_name, zone) in REGIONS.items()}


def country_of(zone: str) -> str:
    """The country whose closed days hold in a time zone, as a region; "" where it is none of ours."""
    return COUNTRY_OF_ZONE.get(zone, "")


def office_details(region: str) -> dict[str, str]:
    """Region and time zone of an office to be added; nothing where the region is not known."""
    return {"region": region, "time_zone": REGIONS[region][1]} if region in REGIONS else {}
