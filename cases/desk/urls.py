"""Addresses of the desk: letters and the tray for us and the patient, `/o/` for offices."""

from typing import Any

app_name = "desk"
urlpatterns: list[Any] = []
