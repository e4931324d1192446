"""Addresses of the tray."""

from django.urls import path

from cases.desk.tray import patient_views, views

urlpatterns = [
    path("staff/file-this/", views.tray, name="tray"),
    path("staff/file-this/add/", views.add_scan, name="add_scan"),
    path("staff/file-this/<uuid:pk>/", views.incoming, name="incoming"),
    path("staff/file-this/<uuid:pk>/turn/", views.turn, name="turn"),
    path("staff/file-this/<uuid:pk>/split/", views.split, name="split"),
    path("staff/file-this/<uuid:pk>/check-again/", views.check_again, name="check_again"),
    path("staff/file-this/<uuid:pk>/not-ours/", views.not_ours, name="take_off"),
    path("staff/file-this/<uuid:pk>/put-back/", views.put_back, name="put_back"),
    path("staff/file-this/pages/<uuid:pk>/", views.incoming_page, name="incoming_page"),
    path("staff/file-this/pages/<uuid:pk>/small/", views.incoming_small, name="incoming_small"),
    path("papers/<uuid:pk>/not-mine/", patient_views.not_mine, name="not_mine"),
]
