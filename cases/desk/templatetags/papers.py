"""For the page of a file: the way to say that a paper we filed is another person's."""

from typing import Any

from django import template
from django.urls import reverse

from cases.desk.tray import filing
from cases.documents.models import Document

register = template.Library()


@register.simple_tag
def not_mine_href(document: Document, user: Any) -> str:
    """Only for the patient, and only for what came through our tray; "" otherwise."""
    if document.case.patient_id != user.pk or not document.put_in_by.role or document.withdrawn_at:
        return ""
    return reverse("desk:not_mine", args=[document.pk]) if filing.of_document(document) else ""
