"""The page on which words are looked for in a case. They tell of an illness: they travel by POST and in no address."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.case.models import Case
from cases.documents.finding import base_of, case_of
from cases.documents.reading import looks
from cases.documents.search import case_search as search
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor


class SearchForm(forms.Form):
    """What to look for."""

    words = forms.CharField(
        max_length=search.LONGEST,
        label=_("Look for words in the files"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": _("Type a word to look for.")},
    )

    def clean_words(self) -> list[str]:
        """The words one by one."""
        if not (sought := search.sought(self.cleaned_data["words"])):
            raise forms.ValidationError(self.fields["words"].error_messages["required"], code="required")
        return sought


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def search_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look for words in every file of the case that this person may read; what is shown of a file is a look at it."""
    case = case_of(request, pk)
    form = SearchForm(request.POST if request.method == "POST" else None)
    answer = _answer(request, case, form) if form.is_valid() else None
    context = {"case": case, "form": form, "answer": answer, "base": base_of(request)}
    return render(request, "documents/search.html", context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, case: Case, form: SearchForm) -> search.Answer:
    answer = search.in_case(case, request.user, form.cleaned_data["words"])
    by = Actor.of(request)
    looks.note_search(case, by=by)
    for row in answer.files:
        if row.places:
            looks.note_opening(row.version, by=by)
    return answer
