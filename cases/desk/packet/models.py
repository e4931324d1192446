"""Which files an office has taken through its link: so that its page can say so."""

from django.db import models

from cases.desk.links.models import OfficeLink
from cases.documents.models import Version


class Taken(models.Model):
    """A version of a document that an office saved. Each time is a line of history besides."""

    link = models.ForeignKey(OfficeLink, on_delete=models.CASCADE, related_name="taken")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="taken_once", fields=["link", "version"])]

    def __str__(self) -> str:
        return f"version {self.version_id} by {self.link_id}"
