"""Where the numbers are asked for."""

from django.urls import path

from portal.metrics import views

urlpatterns = [path("", views.metrics, name="metrics")]
