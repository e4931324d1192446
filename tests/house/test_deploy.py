"""What is shipped for a server says the same as what `make run` does, and is well formed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from portal import local, local_run

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = Path(sys.executable).parent
READ_BY_COMPOSE = {"DATABASE_PASSWORD", "APP_DATABASE_PASSWORD", "OWNER_DATABASE_PASSWORD", "TLS_FOLDER"}
# Set by make, Python, Debian or Docker's images, not by the people who run the portal.
NOT_OURS = {"PATH", "MAKELEVEL", "DJANGO_SETTINGS_MODULE", "LANG"}


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.mark.parametrize("name", local_run.COMMANDS)
def test_compose_starts_the_words_of_make_run(name):
    words = compose()["services"][name]["command"].split()

    assert words == local_run.command_of(name, bind="0.0.0.0:8000", var="/var/lib/portal")


def test_compose_gives_the_surroundings_of_make_run():
    for name, surroundings in local_run.SURROUNDINGS.items():
        assert surroundings.items() <= compose()["services"][name]["environment"].items()


def test_compose_has_every_part():
    services = compose()["services"]

    assert services.keys() == {
        "nginx", "prepare", "web", "worker", "beat", "db", "redis", "clamav", "mail"
    }  # fmt: skip
    assert services["clamav"]["profiles"] == ["clamav"]


def test_only_prepare_is_given_the_owner_of_the_tables():
    for name, service in compose()["services"].items():
        assert ("DATABASE_OWNER_URL" in service.get("environment", {})) == (name == "prepare"), name


def test_compose_file_is_valid():
    subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        check=True,
        capture_output=True,
    )


def test_dockerfile_has_no_findings():
    found = subprocess.run([PROGRAMS / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True)

    assert (found.returncode, found.stdout) == (0, "")


def names_read() -> set[str]:
    """The names of environment variables that the portal's code and its tools read."""
    found = set()
    for path in [*ROOT.glob("portal/*.py"), *ROOT.glob("tests/*.py")]:
        text = path.read_text()
        found |= set(re.findall(r"""\benv\("([A-Z_]+)\"""", text))
        found |= set(re.findall(r"""os\.environ(?:\.get\(|\[|\.setdefault\()"([A-Z_]+)\"""", text))
    return found


def test_env_example_holds_what_the_code_reads():
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    read_elsewhere = {name for name in names_read() if name.startswith(("PYTEST_", "DJANGO_"))}

    assert names_read() - NOT_OURS - read_elsewhere <= listed, "settings that .env.example does not name"
    assert listed - names_read() == READ_BY_COMPOSE, "settings that nothing reads"


def test_lock_files_hold_no_address():
    for path in [ROOT / "package-lock.json", *ROOT.glob("requirements/*.txt")]:
        assert "://" not in path.read_text(), path.name
    assert json.loads((ROOT / "package-lock.json").read_text())["lockfileVersion"] == 3


def test_nginx_believes_no_visitor_about_where_they_come_from():
    text = (ROOT / "deploy" / "nginx.conf").read_text()

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_what_runs_beside_the_portal_writes_no_address_and_no_row():
    """nginx writes the request line with each error, PostgreSQL the statement: both are told not to."""
    assert re.findall(r"^ *error_log .*?;", (ROOT / "deploy" / "nginx.conf").read_text(), re.M) == [
        "  error_log stderr crit;"
    ]
    told = re.findall(r"^ALTER ROLE (\w+) SET (\w+) = '(\w+)';$", (ROOT / "deploy" / "database.sql").read_text(), re.M)
    for account in (local.OWNER, local.APP):
        said = {name: value for role, name, value in told if role == account}
        assert said == {
            name: local.POSTGRES_OPTIONS[name] for name in ("log_min_error_statement", "log_error_verbosity")
        }
