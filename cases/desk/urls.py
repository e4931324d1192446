"""Addresses of the desk: letters and the tray for us and the patient, `/o/` for offices."""

from django.urls import path

from cases.desk.packet import views as packet

app_name = "desk"
urlpatterns = [
    path("packets/<uuid:pk>/", packet.packet, name="packet"),
    path("packets/<uuid:pk>/records.pdf", packet.packet_pdf, name="packet_pdf"),
    path("packets/<uuid:pk>/records.zip", packet.packet_zip, name="packet_zip"),
]
