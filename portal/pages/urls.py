"""Addresses of the pages that gather."""

from django.urls import path

from portal.pages import (
    calls,
    case_file,
    caseload,
    fix_address,
    home,
    ledger,
    offices,
    privacy,
    public,
    reminder_log,
    sheet_views,
    start,
    today,
)

app_name = "pages"
urlpatterns = [
    path("", public.landing, name="landing"),
    path("about/<slug:slug>/", public.about, name="about"),
    path("start/", start.start, name="start"),
    path("start/keep/", start.keep, name="keep"),
    path("home/", home.home, name="home"),
    path("cases/<uuid:pk>/", home.case_home, name="case_home"),
    path("cases/<uuid:pk>/not-today/", home.not_today, name="not_today"),
    path("cases/<uuid:pk>/call-me/", ledger.call_me, name="call_me"),
    path("cases/<uuid:pk>/reminders/", ledger.ledger, name="ledger"),
    path("cases/<uuid:pk>/reminders/friday-note/", ledger.friday_note, name="friday_note"),
    path("cases/<uuid:pk>/sheet/", sheet_views.sheet, name="sheet"),
    path("cases/<uuid:pk>/sheet.pdf", sheet_views.sheet_pdf, name="sheet_pdf"),
    path("cases/<uuid:pk>/carry/", sheet_views.carry_list, name="carry"),
    path("cases/<uuid:pk>/sheet/post/", sheet_views.post_sheet, name="post_sheet"),
    path("staff/reminders/", reminder_log.reminder_log, name="reminder_log"),
    path("cases/<uuid:pk>/privacy/", privacy.privacy, name="privacy"),
    path("cases/<uuid:pk>/consents/<uuid:consent>/withdraw/", privacy.withdraw_consent, name="withdraw_consent"),
    path("staff/today/", today.today, name="today"),
    path("staff/cases/", caseload.caseload, name="caseload"),
    path("staff/cases/<uuid:pk>/", case_file.case_file, name="case_file"),
    path("staff/offices/", offices.offices, name="offices"),
    path("staff/offices/<uuid:pk>/", offices.office, name="office"),
    path("staff/offices/<uuid:pk>/change/", offices.change_office, name="change_office"),
    path("staff/offices/<uuid:pk>/note/", offices.note_office, name="note_office"),
    path("staff/offices/<uuid:pk>/check/", offices.check_office, name="check_office"),
    path("staff/offices/<uuid:pk>/merge/", offices.merge_office, name="merge_office"),
    path("staff/offices/<uuid:pk>/apart/", offices.undo_merge, name="undo_merge"),
    path("staff/cases/<uuid:pk>/call/", calls.log_call, name="log_call"),
    path("staff/addresses/<uuid:pk>/fix/", fix_address.fix_address, name="fix_address"),
    path("staff/to-dos/<uuid:pk>/done/", caseload.settle_to_do, name="settle_to_do"),
]
