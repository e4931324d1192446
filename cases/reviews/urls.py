"""Addresses of reviews and summaries."""

app_name = "reviews"
urlpatterns: list = []
