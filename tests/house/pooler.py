"""A PgBouncer of the tests' own, by transactions, in front of a PostgreSQL's socket folder."""

import os
import signal
import subprocess
from pathlib import Path

from portal import local
from tests.programs import free_port, listens, pgbouncer, wait_until

SETTINGS = """
[databases]
* = host={sockets}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = transaction
default_pool_size = {lines}
max_client_conn = 2000
auth_type = trust
auth_file = {people}
"""


class Pooler:
    """Takes any number of lines on its port, and keeps at most `lines` to the server for each account."""

    def __init__(self, folder: Path, sockets: Path, lines: int):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self.port, people, self.settings = free_port(), folder / "people.txt", folder / "pgbouncer.ini"
        people.write_text(f'"{local.APP}" ""\n"{local.OWNER}" ""\n')
        self.settings.write_text(SETTINGS.format(sockets=sockets, port=self.port, lines=lines, people=people))
        self.log = folder / "pgbouncer.log"
        self.url = f"postgres://{local.APP}@127.0.0.1:{self.port}/{local.DATABASE}?pooler=transaction"

    def start(self) -> None:
        program = pgbouncer()
        assert program
        beside = Path(program).parent.parent / "lib" / f"{os.uname().machine}-linux-gnu"  # what `make setup` unpacked
        named = os.environ | {"LD_LIBRARY_PATH": str(beside)}
        before, switch = local.not_as_root()  # as PostgreSQL itself, whose folder it opens
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*before, program, str(self.settings)],
                env=named,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=local.die_with_parent(signal.SIGKILL),
                **switch,
            )
        wait_until(self._answers, 20, "the pooler")

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        return listens(self.port)

    def stop(self) -> None:
        local.stop(self.process, signal.SIGTERM)
