"""How gunicorn waits, for `--config`: a line that says nothing is hung up on, so that none keeps a thread for ever."""

import contextlib
import os
import socket
import struct
from pathlib import Path
from typing import Any

SILENT_SECONDS = 30.0  # a sender who has said nothing for so long has gone
TAKES_NOTHING_SECONDS = 300.0  # a weak line needs minutes for what the machine holds ready for it


def on_starting(server: Any) -> None:
    """What processes of a server before this one counted is over."""
    for path in (Path(os.environ.get("PORTAL_VAR") or "var") / "metrics").glob("*.db"):
        with contextlib.suppress(OSError):
            path.unlink()


def post_worker_init(worker: Any) -> None:
    """Lines inherit this from the socket they come in by."""
    for listener in worker.sockets:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(SILENT_SECONDS))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(TAKES_NOTHING_SECONDS))


def _timeval(seconds: float) -> bytes:
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
