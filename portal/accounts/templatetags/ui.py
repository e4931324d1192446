"""What the shells and the pieces in templates/ui need: menus, form controls, the font sheet."""

from functools import lru_cache
from typing import Any

from django import forms, template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal import addresses, phones
from portal.accounts import drafts, nav_counts, nav_gates, sessions
from portal.texts import words

register = template.Library()


@register.simple_tag
def draft_of(user: Any, form: str, about: object = "") -> str:
    """The hidden field by which a form that came too late is kept for whom it was shown to, and for nobody else."""
    return format_html('<input type="hidden" name="draft_of" value="{}">', drafts.named(user, form, about))


# (words, icon, page, namespaces and names that light it up). A page that is not built yet is left out.
PATIENT = [
    (_("Home"), "home", "pages:case_home", {"pages:case_home", "pages:home"}),
    (_("Records"), "folder", "records:list", {"records", "documents"}),
    (_("Consultation"), "cal", "bookings:pick", {"bookings"}),
    (_("Opinions"), "compare", "opinions:compare", {"opinions"}),
    (_("Messages"), "chat", "threads:thread", {"threads"}),
]
OFFICES = {"pages:offices", "pages:office", "pages:change_office", "pages:merge_office", "pages:undo_merge"}
TRAY = {"desk:tray", "desk:incoming", "desk:add_scan"}
STAFF = {
    "consultant": [
        (_("Today"), "sun", "pages:today", {"pages:today"}),
        (_("Messages"), "chat", "threads:waiting", {"threads"}),
        (_("Reviews"), "file", "reviews:queue", {"reviews"}),
        (_("Calendar"), "cal", "bookings:calendar", {"bookings:calendar"}),
        (_("Hours"), "clock", "bookings:hours", {"bookings:hours"}),
    ],
    "coordinator": [
        (_("Cases"), "list", "pages:caseload", {"pages:caseload", "pages:case_file"}),
        (_("Messages"), "chat", "threads:waiting", {"threads"}),
        (_("File this"), "down", "desk:tray", TRAY),
        (_("Reviews"), "file", "reviews:queue", {"reviews"}),
        (_("Reminders"), "bell", "pages:reminder_log", {"pages:reminder_log"}),
        (_("Offices"), "folder", "pages:offices", OFFICES),
    ],
    "administrator": [
        (_("The month"), "list", "pages:month", {"pages:month"}),
        (_("Organization"), "home", "pages:organization", {"pages:organization"}),
        (_("People"), "user", "accounts:people", {"accounts:people"}),
        (_("System"), "shield", "pages:system", {"pages:system"}),
    ],
}
PATIENT_ACCOUNT: list[Any] = [
    (_("My questions"), "list", "opinions:questions", set()),
    (_("My reminders"), "bell", "pages:ledger", set()),
    (_("My one-page sheet"), "print", "pages:sheet", set()),
    (_("People who help me"), "user", "case:helpers", set()),
    (_("Privacy and security"), "shield", "pages:privacy", set()),
]
STAFF_ACCOUNT: dict[str, list[Any]] = {
    "consultant": [
        (_("Who is away"), "user", "pages:away", set()),
        (_("An urgent look"), "lock", "pages:urgent", set()),
    ],
    "administrator": [
        (_("What can be booked"), "phone", "bookings:services", set()),
        (_("Days we are closed"), "cal", "bookings:closed_days", set()),
        (_("Words of messages"), "chat", "reminders:wordings", set()),
        (_("Lead times"), "clock", "records:lead_times", set()),
        (_("Urgent looks"), "lock", "pages:urgent_looks", set()),
        (_("Who was given what"), "list", "pages:rights", set()),
    ],
    "coordinator": [
        (_("Who is away"), "user", "pages:away", set()),
        (_("Waiting for earlier times"), "clock", "bookings:waiting", set()),
        (_("Days we are closed"), "cal", "bookings:closed_days", set()),
        (_("Closed cases"), "lock", "pages:closed_cases", set()),
    ],
}
ACCOUNT: list[Any] = [
    (_("Your account"), "user", "accounts:settings", set()),
    (_("Display and text size"), "sun", "accounts:display", set()),
]


def _address(name, case):
    """The page's address, of this case or of nobody in particular; "" while it does not exist."""
    return (addresses.find(name, case.pk) if case else "") or addresses.find(name)


def _items(rows, context):
    case = context.get("case")
    match = getattr(context.get("request"), "resolver_match", None)
    here = {match.view_name, match.namespace} if match else set()
    for label, icon, name, lit_by in rows:
        if href := _address(name, case):
            yield {"name": name, "words": label, "icon": icon, "href": href, "is_here": bool(here & lit_by)}


@register.simple_tag(takes_context=True)
def patient_nav(context):
    """The tabs of a patient's or helper's page, as far as their pages exist and open for the reader."""
    return [item for item in _items(PATIENT, context) if _is_open(item["name"], context)]


def _is_open(name, context):
    return nav_gates.is_open(name, context.get("user"), context.get("case"))


@register.simple_tag(takes_context=True)
def staff_nav(context):
    """The tabs of a member of staff, by role."""
    user = context.get("user")
    items = list(_items(STAFF.get(getattr(user, "role", ""), []), context))
    counts = _waiting(user)
    for item in items:
        item["count"] = counts.get(item["name"], 0)
    return items


BELL = "pages:news"


def _waiting(user):
    """What waits behind the tabs and the bell, asked once for a page."""
    role = getattr(user, "role", "")
    if role not in STAFF:
        return {}
    if "_waiting" not in user.__dict__:
        user.__dict__["_waiting"] = nav_counts.of([*(row[2] for row in STAFF[role]), BELL], user)
    return user.__dict__["_waiting"]


@register.simple_tag(takes_context=True)
def staff_bell(context):
    """The way to what is new, with how much that is; None for those who have no cases."""
    user = context.get("user")
    if getattr(user, "role", "") not in {"consultant", "coordinator"}:
        return None
    match = getattr(context.get("request"), "resolver_match", None)
    is_here = bool(match) and match.view_name == BELL
    return {"href": _address(BELL, None), "count": _waiting(user).get(BELL, 0), "is_here": is_here}


@register.simple_tag(takes_context=True)
def account_menu(context):
    """What the menu behind one's own name offers."""
    role = getattr(context.get("user"), "role", "")
    rows = STAFF_ACCOUNT.get(role, []) + ACCOUNT
    if context.get("case") and not role:
        rows = PATIENT_ACCOUNT + ACCOUNT
    return [item for item in _items(rows, context) if _is_open(item["name"], context)]


@register.simple_tag(takes_context=True)
def case_page(context, name):
    """The address of a page of this case, or "" while that page does not exist or open for the reader."""
    return _address(name, context.get("case")) if _is_open(name, context) else ""


@register.simple_tag(takes_context=True)
def call_me_href(context):
    """Where a patient or helper asks for a call, from any page: in this case, or by way of their own. "" for others."""
    user = context.get("user")
    if not getattr(user, "is_authenticated", False) or user.role:
        return ""
    case = context.get("case")
    if case and (ledger := case_page(context, "pages:ledger")):
        return f"{ledger}#call"
    return _address("pages:call_home", None)


@lru_cache(maxsize=1)
def _font_is_here():
    return finders.find("portal/fonts/figtree.css") is not None


@register.simple_tag
@lru_cache(maxsize=1)
def font_sheet():
    """A link to the font's sheet where set-up could fetch the font; system fonts otherwise."""
    if not _font_is_here():
        return ""
    return format_html('<link rel="stylesheet" href="{}">', static("portal/fonts/figtree.css"))


CLASSES = (
    (forms.Textarea, "rs-textarea"),
    (forms.Select, "rs-select"),
    (forms.FileInput, ""),
    (forms.widgets.Input, "rs-input"),
)


@register.filter
def control(field):
    """The bound field's widget, wearing our class."""
    widget = field.field.widget
    ours = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
    theirs = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{ours} {theirs}".strip()} if ours else None)


@register.filter
def kind_of(field):
    """Which shape of row a bound field needs: "choices", "tick", "hidden" or "plain"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "plain"


@register.simple_tag
def errors_of(*forms_or_sets):
    """Each error of the given forms and formsets once, as {"text", "href"}; href "" for a form's own."""
    found = []
    for thing in forms_or_sets:
        for form in getattr(thing, "forms", None) or ([thing] if thing else []):
            if not getattr(form, "is_bound", False):
                continue
            found += [{"text": text, "href": ""} for text in form.non_field_errors()]
            for field in form:
                href = "" if field.is_hidden else f"#{_first_input(field)}"
                found += [{"text": text, "href": href} for text in field.errors]
        if getattr(thing, "forms", None) is not None and thing.is_bound:
            found += [{"text": text, "href": ""} for text in thing.non_form_errors()]
    return found


def _first_input(field):
    """A group of radios has no element with the field's own id; its first one takes the focus."""
    return f"{field.auto_id}_0" if kind_of(field) == "choices" else field.auto_id


@register.simple_tag
def led(kind):
    """A wording that holds now, its first sentence in bold; marked with its language."""
    found = words.text(kind)
    lead, stop, rest = found.body.partition(". ")
    return format_html('<span lang="{}"><strong>{}{}</strong>{}</span>', found.language, lead, stop, rest)


@register.simple_tag
def phone_href(organisation):
    """The address that rings us, or "" while the number is not filled in."""
    return phones.href(organisation.phone) if organisation else ""


@register.simple_tag(takes_context=True)
def seconds_left(context):
    """Until this session is over if nothing more happens; what idle.js counts from."""
    request = context.get("request")
    return sessions.seconds_left(request) if request else ""
