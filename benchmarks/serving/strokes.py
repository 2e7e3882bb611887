"""People who draw: open pages that each send a picture after every stroke, however busy the server is."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection

from benchmarks.serving.bodies import BOUNDARY, Bodies
from benchmarks.serving.figures import Load, percentile

PAGE = "/"
REFUSED = 400
PATIENCE_S = 10


def draw(port: int, pictures: Bodies, *, pages: int, per_second: float, seconds: float) -> Load:
    """Open so many pages and send so many strokes a second from all of them together.

    A stroke's wait counts from the moment when it is due, so that a server that falls behind shows it.
    """
    interval_s = pages / per_second
    begin = time.monotonic() + 2 + pages * 0.02  # All pages are open by then.
    dues = [begin + turn / per_second for turn in range(pages)]
    people = [
        _Person(port, pictures, turn, _Times(due, interval_s, begin + seconds))
        for turn, due in enumerate(dues)
    ]
    for person in people:
        person.start()
        time.sleep(0.01)
    for person in people:
        person.join()
    waits = [wait for person in people for wait in person.waits_ms]
    return Load(
        len(waits),
        seconds,
        *(percentile(waits, percent) for percent in (50, 95, 99)),
        refused=sum(person.refused for person in people),
        broken=sum(person.broken for person in people),
    )


@dataclass(frozen=True, slots=True)
class _Times:
    """When one person draws, in seconds of the monotonic clock."""

    first: float
    interval_s: float
    until: float


class _Person(threading.Thread):
    def __init__(self, port: int, pictures: Bodies, turn: int, times: _Times) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.pictures, self.turn = pictures, turn
        self.times = times
        self.waits_ms: list[float] = []
        self.refused = self.broken = 0

    def run(self) -> None:
        try:
            headers, form = self._open_page()
            due = self.times.first
            while due < self.times.until:
                time.sleep(max(0.0, due - time.monotonic()))
                if time.monotonic() > self.times.until + PATIENCE_S:
                    raise TimeoutError("the server has fallen far behind")
                self._stroke(headers, form)
                self.waits_ms.append((time.monotonic() - due) * 1000)
                due += self.times.interval_s
        except OSError:
            self.broken += 1
        finally:
            self.connection.close()

    def _open_page(self) -> tuple[dict[str, str], bytes]:
        """The page's cookie, and the part of the form that proves it."""
        self.connection.request("GET", PAGE)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        cookies = [value.partition(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        proof = f"{head}{token[1]}\r\n".encode() if token else b""
        headers = {**self.pictures.headers, "Accept": "application/json"}
        return headers | ({"Cookie": "; ".join(cookies)} if cookies else {}), proof

    def _stroke(self, headers: dict[str, str], form: bytes) -> None:
        self.turn = (self.turn + 1) % len(self.pictures.bodies)
        body = form + self.pictures.bodies[self.turn].replace(b'name="file"', b'name="image"', 1)
        self.connection.request("POST", PAGE, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.refused += answer.status >= REFUSED
