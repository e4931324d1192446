"""Pages of records as tests read them."""

from django.urls import reverse


def page(name, thing, *args):
    return reverse(f"records:{name}", args=[thing.pk, *args])


def text(answer):
    return " ".join(answer.content.decode().split())


def main(answer):
    """The page without what stands around it on every page."""
    return text(answer).split("<main")[1].split("</main>")[0].lower()
