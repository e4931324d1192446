"""A ZIP whose bytes leave at once, whatever is in it: nothing of it is held."""


class Outgoing:
    """What a ZIP writes to when it cannot go back: sizes stand behind each file."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return None

    def taken(self) -> bytes:
        """What was written since the last look."""
        taken, self.waiting = b"".join(self.waiting), []
        return taken
