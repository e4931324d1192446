"""A bare page for somebody signed in: session, user, three queries, one template. Nothing of ours but the tables."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from bookings.models import Service
from cases.case.models import Case
from portal.accounts.models import User

PAGE = Engine().from_string(
    "<!doctype html><html lang=en><title>{{ who }}</title><h1>{{ who }}</h1>"
    "<ul>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul>"
)


def page(request: HttpRequest) -> HttpResponse:
    lines = [*Service.objects.all(), *Case.objects.filter(patient=request.user.pk)[:20], *User.objects.all()[:20]]
    return HttpResponse(PAGE.render(Context({"who": request.user, "lines": lines})))


urlpatterns = [path("", page)]
