"""Several machines: `python -m bench.hosts FOLDER HOSTS PATIENTS SECONDS` prints figures; fails where a rule broke.

HOSTS whole portals (web, worker and beat each) share one PostgreSQL behind a PgBouncer, one broker and one S3 store, as
on as many machines; patients are spread over them, and go on at another when the first one is killed half-way.
"""

import json
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure
from bench.soak import figures_of_ledgers, prepared_on, rules_of, settled
from portal import local
from tests.house.pooler import Pooler
from tests.house.running import Run
from tests.programs import SmtpSink
from tests.stores import s3_bucket

LINES = 8  # of the pooler to the database: what two cores do well
BUCKET = "remission-hosts"
OURS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = %s"


def main(folder: Path, hosts: int, patients: int, seconds: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        shared, sink, pooler = servers(folder, stack)
        runs = [Run(folder / f"host{number}", **shared) for number in range(hosts)]
        for run in runs:
            stack.callback(end, run)
        for run in runs:
            run.wait_until_ready()
        found = work(runs, sink, pooler, patients, seconds)
    for figure in found:
        print(json.dumps(asdict(figure)), flush=True)
    if faults := [figure for figure in found if figure.name.startswith("broken: ") and figure.value]:
        raise SystemExit("\n".join(f"{figure.name[8:]}: {figure.value:.0f}" for figure in faults))


def servers(folder: Path, stack: ExitStack) -> tuple[dict[str, str], SmtpSink, Pooler]:
    """What all hosts share, started; their settings."""
    stack.callback(local.stop, local.start_postgres(folder), signal.SIGINT)
    stack.callback(local.stop, local.start_redis(folder), signal.SIGTERM)
    sink = SmtpSink()
    sink.start()
    stack.callback(sink.stop)
    pooler = Pooler(folder / "pooler", local.socket_folder(folder), LINES)
    pooler.start()
    stack.callback(pooler.stop)
    there = f"s3+http://key:secret@{stack.enter_context(s3_bucket(BUCKET))}/{BUCKET}?region=us-east-1"
    ours = local.addresses(folder)
    shared = {"DATABASE_URL": pooler.url, "DATABASE_OWNER_URL": ours["DATABASE_OWNER_URL"]}
    shared |= {"REDIS_URL": ours["REDIS_URL"], "EMAIL_URL": sink.url, "DOCUMENTS_URL": there}
    shared |= {"SECRET_KEY": "one-for-all-hosts", "PORTAL_MASTER_KEY": f"first:{'A' * 43}="}
    return shared, sink, pooler


def end(run: Run) -> None:
    if run.process.poll() is None:
        run.stop()


def work(runs: list[Run], sink: SmtpSink, pooler: Pooler, patients: int, seconds: float) -> list[Figure]:
    somebody = prepared_on(runs[0], patients)
    for number, one in enumerate(somebody):
        one.go_to(runs[number % len(runs)].port)
    most, ended = Most(), threading.Event()
    watching = threading.Thread(target=most.watch, args=(ended,))
    watching.start()
    began = time.monotonic()
    for one in somebody:
        one.start()
    time.sleep(seconds / 2)
    if len(runs) > 1:
        os.kill(runs[0].process.pid, signal.SIGKILL)  # the kernel takes its children along
        for one in somebody:
            one.go_to(runs[1].port)
    time.sleep(seconds / 2)
    for one in somebody:
        one.ends.set()
    for one in somebody:
        one.join(120)
    took = time.monotonic() - began
    left = settled()
    ended.set()
    watching.join()
    done = figures_of_ledgers(somebody, f"hosts: {len(runs)}, ")
    lines = Figure(
        f"hosts: {len(runs)}, lines to PostgreSQL", most.lines, "", words=f"at most; the pooler may keep {LINES}"
    )
    rate = Figure(f"hosts: {len(runs)}, answers", done[0].value / took, "a second", words=done[0].words)
    return [lines, rate, *done[1:], *rules_of(sink, somebody, left, "broken: ")]


class Most:
    """The most lines that the portals' account had to the server."""

    lines = 0

    def watch(self, ended: threading.Event) -> None:
        import psycopg

        with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("postgres:", "postgresql:", 1)) as db:
            db.autocommit = True
            while not ended.wait(0.2):
                self.lines = max(self.lines, db.execute(OURS, [local.APP]).fetchone()[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:4]), float(sys.argv[4]))
