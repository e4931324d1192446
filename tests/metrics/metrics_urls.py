"""The addresses of the portal as they are where a token is set."""

from django.urls import include, path

from portal import urls
from portal.urls import handler404, handler500

urlpatterns = [*urls.urlpatterns, path("metrics", include("portal.metrics.urls"))]
__all__ = ["handler404", "handler500", "urlpatterns"]
