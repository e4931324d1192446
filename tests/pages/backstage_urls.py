"""The addresses as development has them."""

from django.urls import include, path

from portal.urls import handler404, urlpatterns  # noqa: F401

urlpatterns = [*urlpatterns, path("backstage/", include("portal.pages.backstage_urls"))]
