"""Who may open a page: every view wears exactly one of `public` and `open_to`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect  # noqa: TID251

from portal import looks

View = Callable[..., HttpResponse]

PERSON = "person"  # anyone signed in
STAFF = ("consultant", "coordinator", "administrator")


def public(view: View) -> View:
    """A page for everybody, signed in or not."""
    marked = login_not_required(view)
    marked.open_to = frozenset({"public"})  # type: ignore[attr-defined]
    return marked


def open_to(*roles: str) -> Callable[[View], View]:
    """A page for signed-in people of these roles; `PERSON` is anyone signed in.

    Another role's page answers 404, like a page that does not exist. Staff without a second factor are sent
    to set one up first. Raises ValueError for an unknown role.
    """
    unknown = set(roles) - {PERSON, *STAFF}
    if unknown or not roles:
        raise ValueError(f"open_to needs known roles, not {sorted(unknown)}")

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user: Any = request.user
            if PERSON not in roles and user.role not in roles:
                raise Http404
            if user.role and not user.has_second_factor:
                return redirect("accounts:second_factor")
            return view(request, *args, **kwargs)

        guarded.open_to = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return mark


def find_or_404(visible: QuerySet[Any], **lookup: Any) -> Any:
    """One row out of those a person may know exist (`Thing.objects.visible_to(user)`), else 404.

    Raises TypeError for a bare model: a page must say whose rows it looks through.
    """
    if isinstance(visible, type) and issubclass(visible, Model):
        raise TypeError("find_or_404 takes a queryset that visible_to() made")
    row = get_object_or_404(visible, **lookup)
    looks.found(row)
    return row
