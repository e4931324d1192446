"""A browser without a screen: cookies, redirects and forms over one kept connection."""

import http.client
import re
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
EDGE = "edge-5f0c1d7a2b9e4c63"  # between the parts of a form; so long that no file holds it by chance


class Visitor:
    """Someone who walks around the pages at `port`."""

    def __init__(self, port: int):
        self.line = http.client.HTTPConnection("localhost", port, timeout=30)
        self.port, self.cookies, self.page, self.path, self.status = port, {}, "", "", 0

    def at(self, port: int) -> "Visitor":
        """The same one at another port, at the same page with the same cookies."""
        other = Visitor(port)
        other.cookies, other.page, other.path, other.status = self.cookies, self.page, self.path, self.status
        return other

    def get(self, path: str) -> float:
        """Open a page, follow redirects, and return the seconds of the last request."""
        for _ in range(5):
            seconds = self._ask("GET", path)
            if self.status not in {301, 302, 303}:
                return seconds
            path = self.path
        raise RuntimeError(f"{path} leads in a circle")

    def look_again(self, path: str) -> bool:
        """Whether anything has changed since, as the page asks by itself."""
        self._ask("GET", path, by_itself=True)
        return self.status != 204

    def press(self, action: str) -> None:
        """Send the form of the present page that has this action, with nothing but its token."""
        self.send(action, {})
        if self.status in {302, 303}:
            self.get(self.path)

    def send(self, action: str, fields: dict[str, str]) -> None:
        """Send these fields with the token of the present page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page).group(1)
        self._ask("POST", action, urlencode({"csrfmiddlewaretoken": token} | fields))

    def send_file(self, path: str, field: str, name: str, content: bytes) -> float:
        """Send one file by the form of the present page; return the seconds until its answer."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page).group(1)
        part = f"--{EDGE}" + '\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
        body = (part.format("csrfmiddlewaretoken", "") + token + "\r\n").encode()
        body += part.format(field, f'; filename="{name}"').encode() + content + f"\r\n--{EDGE}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={EDGE}")

    def _send(self, *request) -> tuple[float, http.client.HTTPResponse]:
        began = time.perf_counter()
        self.line.request(*request)
        return began, self.line.getresponse()

    def _ask(
        self, method: str, path: str, body: str | bytes | None = None, kind: str = FORM, *, by_itself: bool = False
    ) -> float:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"HX-Request": "true"} if by_itself else {}
        if body is not None:
            origin = f"http://localhost:{self.port}"
            headers |= {"Content-Type": kind, "Origin": origin}
        try:
            began, answer = self._send(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):  # kept open, but the server had closed it
            self.line.close()
            began, answer = self._send(method, path, body, headers)
        self.page = answer.read().decode(errors="replace")
        seconds = time.perf_counter() - began
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        self.status = answer.status
        self.path = urlsplit(answer.headers.get("Location", path)).path
        return seconds
