"""Addresses of visits, referrals and records."""

from django.urls import path

from cases.records import views
from cases.records.board import views as export_views
from cases.records.days import views as lead_time_views
from cases.records.referral import letter_views
from cases.records.referral import views as referral
from cases.records.release import authority_views
from cases.records.release import views as release_views
from cases.records.report import views as report_views
from cases.records.visits import views as visit_views
from cases.records.wants import views as want_views

app_name = "records"
urlpatterns = [
    path("cases/<uuid:pk>/visit/", visit_views.visit, name="visit"),
    path("cases/<uuid:pk>/visit/doctor/", visit_views.name_doctor, name="name_doctor"),
    path("cases/<uuid:pk>/visit/day/", visit_views.save_day, name="save_day"),
    path("visits/<uuid:pk>/<slug:verb>/", visit_views.move_visit, name="move_visit"),
    path("cases/<uuid:pk>/records/", views.record_list, name="list"),
    path("cases/<uuid:pk>/records/add/", views.add_item, name="add_item"),
    path("items/<uuid:pk>/route/", views.set_route, name="set_route"),
    path("items/<uuid:pk>/holder/", views.set_holder, name="set_holder"),
    path("items/<uuid:pk>/core/", views.set_core, name="set_core"),
    path("items/<uuid:pk>/due-back/", views.set_due_back, name="set_due_back"),
    path("items/<uuid:pk>/release/", release_views.release, name="release"),
    path("items/<uuid:pk>/release.pdf", release_views.release_pdf, name="release_pdf"),
    path("items/<uuid:pk>/identity/", want_views.identity, name="identity"),
    path("items/<uuid:pk>/identity/copy/", want_views.identity_file, name="identity_file"),
    path("items/<uuid:pk>/fee/", want_views.fee, name="fee"),
    path("items/<uuid:pk>/<slug:verb>/", views.tell, name="tell"),
    path("releases/<uuid:pk>/", release_views.signed, name="signed"),
    path("releases/<uuid:pk>/copy.pdf", release_views.signed_pdf, name="signed_pdf"),
    path("releases/<uuid:pk>/signature.png", release_views.signature, name="signature"),
    path("releases/<uuid:pk>/<slug:verb>/", release_views.move_release, name="move_release"),
    path("cases/<uuid:pk>/authority/", authority_views.authority, name="authority"),
    path("cases/<uuid:pk>/authority.pdf", authority_views.authority_pdf, name="authority_pdf"),
    path("cases/<uuid:pk>/authority/signature.png", authority_views.authority_signature, name="authority_signature"),
    path("cases/<uuid:pk>/referral/", referral.referral, name="referral"),
    path("cases/<uuid:pk>/referral/letter.pdf", letter_views.letter_pdf, name="letter_pdf"),
    path("cases/<uuid:pk>/referral/letter/", letter_views.change_letter, name="change_letter"),
    path("cases/<uuid:pk>/referral/letter/fax/", letter_views.ask_to_fax, name="fax_letter"),
    path("cases/<uuid:pk>/referral/ask-them/", letter_views.ask_about_referral, name="ask_about_referral"),
    path("cases/<uuid:pk>/referral/<slug:verb>/", referral.move_referral, name="move_referral"),
    path("cases/<uuid:pk>/report/", report_views.report, name="report"),
    path("cases/<uuid:pk>/report/of/<uuid:document>/", report_views.say_which, name="say_which_report"),
    path("cases/<uuid:pk>/report/<slug:verb>/", report_views.tell_report, name="tell_report"),
    path("lead-times/", views.kinds, name="kinds"),
    path("staff/records.csv", export_views.export_records, name="export"),
    path("staff/lead-times/", lead_time_views.lead_times, name="lead_times"),
    path("staff/lead-times/<slug:pk>/", lead_time_views.change_lead_time, name="change_lead_time"),
]
