"""Every address, every person. A view without a mark, or a page without a row here, fails the build."""

import ast
import functools
import inspect
import re
import textwrap
from http.cookies import SimpleCookie

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts import drafts
from portal.accounts.models import User
from tests import people
from tests.page_rows import PEOPLE, SIGNED_OUT
from tests.pages_table import PAGES
from tests.world import World

LOGIN = "/accounts/login/"
SECOND_FACTOR = "/account/second-factor/"
# Where staff without a second factor are sent to: `open_to` itself would send them there again.
MARKED_BY_HAND = {"accounts:check", "accounts:second_factor", "accounts:stay"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "",  # same-origin, or stricter where the address is a secret
}


def addresses(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()):
    """(name, view) of every address of the project."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            deeper = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from addresses(entry, deeper)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or f"nameless {entry.pattern}")), entry.callback


ADDRESSES = dict(addresses())
OURS = {name: view for name, view in ADDRESSES.items() if not view.__module__.startswith(("allauth.", "django."))}


pytestmark = pytest.mark.timeout(600)  # each walks over every address
walk = pytest.mark.usefixtures("at_one_moment")


def test_every_page_is_in_the_table():
    assert sorted(ADDRESSES) == sorted(PAGES)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_view_wears_exactly_one_mark(name):
    view = OURS[name]
    assert getattr(view, "open_to", None), "mark it with @public or @open_to(…)"
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(view))))
    marks = re.findall(r"\b(?:public|open_to)\b", " ".join(ast.unparse(d) for d in tree.body[0].decorator_list))
    assert len(marks) == (0 if name in MARKED_BY_HAND else 1)


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_mark_agrees_with_the_table(name):
    """A page that opens for nobody but staff must say so in its mark, not only in what it finds."""
    mark, who = OURS[name].open_to, PAGES[name].who
    if mark == {"public"}:
        return
    assert not {"anonymous", "unverified", "disabled"} & who
    if "person" not in mark:
        assert who <= {
            "assigned",
            "unassigned",
            "past_assigned",
            "second_reader",
            "urgent_reader",
            "coordinator",
            "administrator",
        }


def expected(name: str, person: str) -> str:
    """What the table promises: opens, sign in, second factor, or missing."""
    page = PAGES[name]
    if person in page.who:
        return "opens"
    if page.by_link:
        return "missing"
    if person in SIGNED_OUT:
        return "sign in"
    return "second factor" if person == "unready" else "missing"


def outcome(response) -> str:
    """What the answer amounts to."""
    if response.status_code in {404, 405}:
        return "missing"
    if response.status_code == 302 and response["Location"].startswith(LOGIN):
        return "sign in"
    if response.status_code == 403 and "<h1>You are signed out</h1>" in response.text:  # with the words of the form
        return "sign in"
    if response.status_code == 302 and response["Location"].startswith((SECOND_FACTOR, "/accounts/2fa/")):
        return "second factor"
    if response.status_code in {200, 204, 206, 302, 303, 409, 422}:
        return "opens"
    return str(response.status_code)


def address_of(name: str, world: World) -> str:
    return reverse(name, args=[world[key] for key in PAGES[name].args])


def ask(client, method: str, name: str, world: World, **more):
    """One request, whose changes are undone."""
    page = PAGES[name]
    address, cookies = address_of(name, world), SimpleCookie(client.cookies)
    client.raise_request_exception = False  # a crash is an answer too: 500
    with transaction.atomic():
        response = getattr(client, method)(address, page.body if method == "post" else {}, **more)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


FLOW = {"opens", "sign in", "second factor", "missing"}


def is_own_flow(name: str, promised: str) -> bool:
    """allauth's pages show a person's own account or a step of signing in, and lead elsewhere out of turn."""
    return not PAGES[name].is_ours and promised == "opens"


def in_lines(wrong: list[tuple]) -> str:
    return "\n" + "\n".join(map(str, wrong))


# The short form asks for those whom a mistake would hurt first; the long form for everybody.
ASKED_FIRST = {"anonymous", "patient", "other_patient", "dates_only", "unassigned", "coordinator"}


@walk
@pytest.mark.parametrize(
    "person", [pytest.param(person, marks=[] if person in ASKED_FIRST else pytest.mark.full) for person in PEOPLE]
)
@pytest.mark.parametrize("method", ["get", pytest.param("head", marks=pytest.mark.full)])
def test_each_page_opens_for_its_people_and_nobody_else(person, method, world):
    client = world.client(person)
    wrong = []
    for name, page in PAGES.items():
        got, promised = outcome(ask(client, method, name, world)), expected(name, person)
        # A form without a page answers 405, before it looks for anything.
        if page.posts == "only" and promised == "opens":
            promised = "missing"
        if got != promised and not (is_own_flow(name, promised) and got in FLOW):
            wrong.append((method, name, got, promised))
    assert not wrong, in_lines(wrong)


KEPT_IN = (
    "case_", "documents_", "records_", "bookings_", "opinions_", "reviews_", "reminders_", "desk_", "threads_",
    "accounts_", "account_", "mfa_", "usersessions_", "texts_", "vault_", "pages_",
)  # fmt: skip
MOVES_BY_ITSELF = ("last_login", "last_seen_at")  # at each sign-in, at each look


def state_of_the_house() -> dict[str, tuple]:
    """A fingerprint of every table that holds what people put in, who they are, and how they sign in."""
    prints, without = {}, "".join(f" - '{column}'" for column in MOVES_BY_ITSELF)
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            if table.startswith(KEPT_IN):
                quoted = connection.ops.quote_name(table)
                row = f"(to_jsonb(t){without})::text"
                cursor.execute(f"SELECT count(*), sum(hashtext({row})::bigint) FROM {quoted} t")  # noqa: S608
                prints[table] = cursor.fetchone()
    return prints


@pytest.mark.parametrize(
    "change",
    [
        lambda nils: User.objects.filter(pk=nils.pk).update(role="administrator"),
        lambda nils: EmailAddress.objects.create(user=nils, email="elsewhere@example.org"),
        people.second_factor,
        lambda nils: drafts.keep(nils, "message", "", {"text": "Not said."}),
    ],
    ids=["role", "address", "second factor", "draft"],
)
def test_the_fingerprint_sees_what_people_are_and_how_they_sign_in(change, world):
    before = state_of_the_house()
    change(people.person("nils"))
    assert state_of_the_house() != before


@walk
@pytest.mark.parametrize(
    "person", ["other_patient", "unassigned", "past_assigned", "anonymous", "starter", "dates_only", "past_helper"]
)
@pytest.mark.parametrize(
    "methods",
    [
        pytest.param(("post",), id="post"),
        pytest.param(("put", "patch", "delete"), id="others", marks=pytest.mark.full),
    ],
)
def test_a_strangers_forms_change_nothing(person, methods, world):
    client, before, wrong = world.client(person), state_of_the_house(), []
    for name, page in PAGES.items():
        if person in page.who or not page.args:
            continue
        for method in methods:
            address = address_of(name, world)
            got = outcome(getattr(client, method)(address, page.body if method == "post" else {}))
            if got not in {"missing", "sign in"}:
                wrong.append((method, name, got))
    assert not wrong, in_lines(wrong)
    assert state_of_the_house() == before


@walk
def test_the_owners_forms_are_answered(world):
    """By the page itself: never by a crash, and by 404 or 405 only where the table says so."""
    client_of, wrong = functools.cache(world.client), []
    for name, page in PAGES.items():
        person = page.owner
        if not page.posts or not page.is_ours:
            continue
        got = outcome(ask(client_of(person), "post", name, world))
        if got not in {"opens", "second factor"}:
            wrong.append((name, person, got))
    assert not wrong, in_lines(wrong)


@walk
@pytest.mark.full
def test_other_methods_are_refused(world):
    client_of, wrong = functools.cache(world.client), []
    for name, page in PAGES.items():
        if ADDRESSES[name] not in OURS.values() or not page.owner:
            continue
        for method in ("put", "patch", "delete"):
            status = ask(client_of(page.owner), method, name, world).status_code
            if status not in {405, 302, 404} and page.args:
                wrong.append((method, name, status))
    assert not wrong, in_lines(wrong)


@walk
@pytest.mark.parametrize(
    "person",
    ["other_patient", "unassigned", "past_assigned", "anonymous", "administrator", "dates_only", "past_helper"],
)
def test_a_part_of_a_file_is_guarded_like_the_whole(person, world):
    files = [name for name, page in PAGES.items() if page.is_file and person not in page.who]
    client = world.client(person)
    for name in files:
        answer = ask(client, "get", name, world, headers={"range": "bytes=0-9"})
        assert outcome(answer) in {"missing", "sign in"}


@walk
@pytest.mark.full
def test_every_answer_carries_the_headers(world):
    client_of, wrong = functools.cache(world.client), []
    for name, page in PAGES.items():
        for person in {page.owner or "anonymous", "other_patient"}:
            response = ask(client_of(person), "get", name, world)
            for header, value in HEADERS.items():
                if value not in response.headers.get(header, "missing"):
                    wrong.append((name, person, header, response.headers.get(header)))
    assert not wrong, in_lines(wrong)


OUTSIDE = re.compile(
    r"""(?:\b(?:src|action|poster|srcset)|<link[^>]*\bhref)\s*=\s*["'](?:https?:)?//(?!testserver)""", re.I
)
INLINE = re.compile(
    r"""<script(?![^>]*\b(?:src=|type=["']application/json))[^>]*>|<style|\sstyle=["']|\son[a-z]+=["']|\shx-on""", re.I
)


@walk
@pytest.mark.full
def test_no_page_asks_a_stranger_or_runs_inline_code(world):
    client_of, wrong = functools.cache(world.client), []
    for name, page in PAGES.items():
        response = ask(client_of(page.owner or "anonymous"), "get", name, world)
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            wrong += [(name, found) for found in OUTSIDE.findall(response.content.decode())]
            wrong += [(name, found) for found in INLINE.findall(response.content.decode())]
    assert not wrong, in_lines(wrong)


def test_the_cast_is_whole(world):
    assert {person for page in PAGES.values() for person in page.who} <= set(PEOPLE)
    assert people.person("nils").has_second_factor is False
