"""What a file may be, from whom and of which day: guessed from its name and words, and never more than a guess."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

HEAD_LINES = 12  # of a paper: its title and letterhead
MOST_LETTERS = 20_000  # that are looked at
ENOUGH = 3
EARLIEST = dt.date(1950, 1, 1)

# What the title of a paper of each kind says, and words found inside that speak for it.
TITLES = {
    "pathology_report": r"(?:surgical )?pathology|path report|biopsy report|histology report|cytology report",
    "imaging_reports": r"(?:radiology|imaging) report|(?:ct|mri?|pet(?:/ct)?|mammogram|mammography|ultrasound|x-?ray)"
    r"(?: scan)? report|diagnostic imaging|examination: (?:ct|mri?|pet)",
    "plan": r"(?:treatment|care) plan|plan of care|treatment (?:proposal|recommendation)s?|proposed treatment",
    "referral_letter": r"referral(?: letter| form| request)?|letter of referral",
    "clinic_notes": r"(?:operative|operation|clinic|progress|consult(?:ation)?|office) (?:note|report)s?"
    r"|discharge summary|history and physical|h&p",
    "lab_results": r"lab(?:oratory)? (?:results?|reports?)|blood (?:test|work|count)s?(?: results?)?"
    r"|(?:cbc|metabolic panel)",
    "genomic_report": r"(?:genomic|molecular|genetic|biomarker|ngs|tumor profiling) "
    r"(?:test(?:ing)? )?(?:report|results?|profile|testing)"
    r"|foundationone|oncotype|guardant|tempus|caris|mammaprint",
    "systemic_summary": r"(?:chemotherapy|systemic therapy|drug treatment|infusion|immunotherapy)"
    r" (?:treatment )?summary",
    "radiation_summary": r"radiation (?:therapy |treatment |oncology )?(?:completion )?summary|radiotherapy summary",
    "medications": r"(?:medication|medicine|drug|allergy) list|list of (?:medication|medicine|drug)s"
    r"|current medications|medications and allergies",
}
INSIDE = {
    "pathology_report": ["gross description", "microscopic", "specimen", "margins?", "final diagnosis", "pathologist"],
    "imaging_reports": ["findings:", "impression:", "technique:", "comparison:", "radiologist", "contrast"],
    "plan": ["we recommend", "recommended treatment", "goal of treatment", "side effects", "next steps", "start date"],
    "referral_letter": ["i am referring", "refer(?:ring)? (?:this|her|him|the) ", "thank you for seeing", "please see"],
    "clinic_notes": [
        "chief complaint",
        "review of systems",
        "assessment and plan",
        "anesthesia",
        "estimated blood loss",
    ],
    "lab_results": ["reference (?:range|interval)", "hemoglobin", "platelets?", "creatinine", "wbc", "ca 12?-?[159]"],
    "genomic_report": ["variants?", "mutations?", "sequencing", "tumor mutational burden", "microsatellite", "allele"],
    "systemic_summary": ["cycles?", "regimen", "infusions?", "dose reduction", "mg/m2"],
    "radiation_summary": ["fractions?", r"\d gy", "cgy", "boost", "beams?"],
    "medications": ["once daily", "twice daily", "by mouth", "tablets?", "mg daily", "no known allergies"],
}
SCANS = {"dicom", "dicom_zip"}  # codes of kinds.KINDS

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
BY_NAME = re.compile(rf"\b{MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE)
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{MONTH},?\s+(\d{{4}})\b", re.IGNORECASE)
YEAR_FIRST = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
BY_NUMBER = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?![\d/-]|\.\d)")

# Said just before a day: it is somebody's birthday, or still to come, or of the printout.
NOT_ITS_OWN = re.compile(
    r"\b(birth|born|d\.?o\.?b\b|age|next|follow|appointment|expire|due|until|start|begin|held for|schedul|print|fax"
    r"|refill|since|prior|previous|comparison)",
    re.IGNORECASE,
)
WRITTEN = re.compile(r"\b(report|signed|dictated|finali[sz]ed|verified|date of (letter|report))", re.IGNORECASE)
ABOUT = re.compile(r"\b(dated?|service|visit|exam|study|procedure|collected|received|performed)", re.IGNORECASE)

TO_SOMEBODY = re.compile(r"^\W*(to|cc|attn|attention|dear|re|referred|referring|refer|patient)\b", re.IGNORECASE)
BY_SOMEBODY = re.compile(
    r"\b(signed|dictated|reported by|read by|author|provider|physician|surgeon|pathologist|radiologist|oncologist"
    r"|sincerely|regards|from|yours)\b",
    re.IGNORECASE,
)
TITLE = re.compile(r"\b(dr|prof|md|do|mbbs|phd|frcpc|facs)\b\.?", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text[:MOST_LETTERS].lower().replace("_", " ").split())


def kind(name: str, text: str, file_kind: str = "") -> str:
    """The code of what the file seems to be, or "". Its name and title weigh more than the words inside."""
    if file_kind in SCANS:
        return "imaging_exchange"
    head = _plain(name.replace("-", " ")) + " . " + _plain("\n".join(text.splitlines()[:HEAD_LINES]))
    body = _plain(text)
    points = {
        code: ENOUGH * bool(re.search(rf"\b(?:{title})\b", head))
        + sum(bool(re.search(rf"(?<!\w){word}(?!\w)", body)) for word in INSIDE[code])
        for code, title in TITLES.items()
    }
    best = sorted(points, key=lambda code: points[code], reverse=True)
    if points[best[0]] < ENOUGH or points[best[0]] == points[best[1]]:
        return ""
    return best[0]


def written_on(text: str, *, today: dt.date, born: dt.date | None = None) -> dt.date | None:
    """The day a paper seems to be of: the one its report was made, else its visit's or sample's, else its letterhead's.

    A birthday, a day to come and one that something else happened on are not its own.
    """
    lines = text[:MOST_LETTERS].splitlines()
    is_day_first = _puts_days_first(text[:MOST_LETTERS])
    ranked: dict[int, list[dt.date]] = {0: [], 1: [], 2: [], 3: []}
    for number, line in enumerate(lines):
        read_to = 0
        for start, end, day in sorted(_days_in(line, is_day_first)):
            label = line[read_to:start].strip() or (lines[number - 1] if number and not read_to else "")
            read_to = end
            if not EARLIEST <= day <= today or day == born or NOT_ITS_OWN.search(label[-40:]):
                continue
            ranked[_rank(label[-40:], is_alone=number < HEAD_LINES and len(line) <= 40)].append(day)
    for rank in (0, 1):
        if ranked[rank]:
            return max(ranked[rank])
    if ranked[2]:
        return ranked[2][0]
    return ranked[3][0] if len(set(ranked[3])) == 1 else None


def _rank(label: str, *, is_alone: bool) -> int:
    if WRITTEN.search(label):
        return 0
    if ABOUT.search(label):
        return 1
    return 2 if is_alone else 3


def _puts_days_first(text: str) -> bool:
    """Whether days stand before months: some number over 12 tells; without one, as in the US."""
    found = BY_NUMBER.findall(text)
    return any(int(first) > 12 for first, _second, _year in found) and not any(
        int(second) > 12 for _first, second, _year in found
    )


def _days_in(line: str, is_day_first: bool) -> Iterator[tuple[int, int, dt.date]]:
    """(where it begins and ends, the day) of each date in a line."""
    for match in BY_NAME.finditer(line):
        yield from _day(match, match[3], _month(match[1]), match[2])
    for match in DAY_FIRST.finditer(line):
        yield from _day(match, match[3], _month(match[2]), match[1])
    for match in YEAR_FIRST.finditer(line):
        yield from _day(match, match[1], match[2], match[3])
    for match in BY_NUMBER.finditer(line):
        month, day = (match[2], match[1]) if is_day_first else (match[1], match[2])
        yield from _day(match, match[3] if len(match[3]) == 4 else f"20{match[3]}", month, day)


def _month(name: str) -> str:
    return str(MONTHS.index(name.lower()) + 1)


def _day(match: re.Match[str], year: str, month: str, day: str) -> Iterator[tuple[int, int, dt.date]]:
    try:
        yield match.start(), match.end(), dt.date(int(year), int(month), int(day))
    except ValueError:  # no such day
        return


def author(name: str, text: str, doctors: Iterable[str], offices: Iterable[str]) -> str:
    """Which of the case's own doctors, else offices, seems to have written it; "" when none stands out."""
    lines = [name.replace("_", " "), *text[:MOST_LETTERS].splitlines()]
    points = {doctor: _signs(lines, doctor) for doctor in dict.fromkeys(doctors)}
    best = sorted(points, key=lambda doctor: points[doctor], reverse=True)
    if best and points[best[0]] and (len(best) == 1 or points[best[0]] > points[best[1]]):
        return best[0]
    head = _plain("\n".join(lines[: HEAD_LINES + 1]))
    named = [office for office in dict.fromkeys(offices) if _plain(office) and _plain(office) in head]
    return named[0] if len(named) == 1 else ""


def _signs(lines: list[str], doctor: str) -> int:
    """3 where the doctor signs or reports, 1 where the name only stands; not as the one written to."""
    parts = TITLE.sub(" ", doctor.replace(",", " ")).split()
    if not parts:
        return 0
    last = re.escape(parts[-1])
    whole = r"\s+".join(map(re.escape, parts)) if len(parts) > 1 else rf"dr\.?\s+{last}"
    pattern = re.compile(rf"\b(?:{whole}|dr\.?\s+(?:[\w.-]+\s+){{0,2}}{last}|{last},?\s+m\.?d\b)", re.IGNORECASE)
    found = 0
    for number, line in enumerate(lines):
        if pattern.search(line) and not TO_SOMEBODY.search(line):
            is_signed = any(BY_SOMEBODY.search(near) for near in lines[max(0, number - 2) : number + 2])
            found = max(found, 3 if is_signed else 1)
    return found
