"""Addresses of the desk: letters and the tray for us and the patient, `/o/` for offices."""

from django.urls import path

from cases.desk.fax import views as fax
from cases.desk.holder import views as holder
from cases.desk.letters import views as letters
from cases.desk.links import staff_views as staff
from cases.desk.links import views as links
from cases.desk.mail import views as mail
from cases.desk.packet import views as packet
from cases.desk.primary import views as primary
from cases.desk.receiving import views as receiving
from cases.desk.tray.urls import urlpatterns as tray_urls

app_name = "desk"
urlpatterns = [
    path("cases/<uuid:pk>/offices/<uuid:office>/page/", mail.send_page, name="send_page"),
    path("cases/<uuid:pk>/letters/", letters.letters, name="letters"),
    path("letters/new/<slug:kind>/<uuid:pk>/", letters.new, name="new_letter"),
    path("letters/<uuid:pk>/", letters.letter, name="letter"),
    path("letters/<uuid:pk>/print/", letters.print_letter, name="print_letter"),
    path("letters/<uuid:pk>/fax/", fax.fax, name="fax"),
    path("faxes/<uuid:pk>/<slug:said>/", fax.fax_answer, name="fax_answer"),
    path("letters/<uuid:pk>/<slug:how>/", letters.send_letter, name="send_letter"),
    path("packets/<uuid:pk>/", packet.packet, name="packet"),
    path("packets/<uuid:pk>/records.pdf", packet.packet_pdf, name="packet_pdf"),
    path("packets/<uuid:pk>/records.zip", packet.packet_zip, name="packet_zip"),
    path("office-links/<uuid:pk>/open-again/", staff.open_again, name="open_again"),
    path("office-links/<uuid:pk>/<str:verb>/", staff.move_link, name="move_link"),
    path("o/", links.code, name="code"),
    path("o/page/<uuid:pk>/", links.page, name="page"),
    path("o/page/<uuid:pk>/proof/", links.add_proof, name="add_proof"),
    path("o/page/<uuid:pk>/leave/", links.leave, name="leave"),
    path("o/page/<uuid:pk>/not-ours/", links.not_ours, name="not_ours"),
    path("o/page/<uuid:pk>/primary/", primary.tell, name="primary_tell"),
    path("o/page/<uuid:pk>/primary/back/", primary.take_back, name="primary_take_back"),
    path("o/page/<uuid:pk>/primary/fax/", primary.fax, name="primary_fax"),
    path("o/page/<uuid:pk>/primary/<uuid:version>/", primary.report, name="primary_report"),
    path("o/page/<uuid:pk>/primary/permission.pdf", primary.permission, name="primary_permission"),
    path("o/page/<uuid:pk>/records.pdf", receiving.receive_pdf, name="receive_pdf"),
    path("o/page/<uuid:pk>/records.zip", receiving.receive_zip, name="receive_zip"),
    path("o/page/<uuid:pk>/files/<uuid:version>/", receiving.receive_file, name="receive_file"),
    path("o/page/<uuid:pk>/received/", receiving.say_received, name="say_received"),
    path("o/page/<uuid:pk>/took-place/", receiving.say_visit_happened, name="say_visit_happened"),
    path("o/page/<uuid:pk>/report/", receiving.send_report, name="send_report"),
    path("o/page/<uuid:pk>/report/remind/", receiving.remind, name="remind"),
    path("o/page/<uuid:pk>/report/sent/", receiving.say_report_sent, name="say_report_sent"),
    path("o/page/<uuid:pk>/answer/<uuid:item_pk>/", holder.answer, name="answer"),
    path("o/page/<uuid:pk>/release/<uuid:release_pk>/", holder.release, name="release"),
    path("o/page/<uuid:pk>/authority/", holder.authority, name="authority"),
    path("o/<str:token>/", links.mailed, name="mailed"),
    *tray_urls,
]
