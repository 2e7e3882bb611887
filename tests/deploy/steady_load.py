"""Clients that ask a site over HTTPS without rest, on new and on kept connections, and count the answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from threading import Event, Lock, Thread

from tests.deploy.nginx import Nginx
from tests.people import PASSWORD

OK, MADE = 200, 201


@dataclass
class SteadyLoad:
    """What was sent and what came back; a failure is counted by its reason.

    `made` are the public ids of tokens that were answered with 201; `beside` tells why other requests failed.
    """

    nginx: Nginx
    key: str
    picture: bytes
    sent: int = 0
    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    made: list[str] = field(default_factory=list)
    beside: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)
    _stopping: Event = field(default_factory=Event)

    @contextmanager
    def running(self, clients: int) -> Iterator[None]:
        """Half of the clients keep their connection, half open a new one each time; one more makes tokens."""
        threads = [Thread(target=self._predict, args=(number % 2 == 0,)) for number in range(clients)]
        threads.append(Thread(target=self._make_tokens))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def wait_for(self, answers: int) -> None:
        """Wait for so many more answers."""
        wanted = self.answered + answers
        while self.answered < wanted:
            self._stopping.wait(0.05)

    def _predict(self, keeps: bool) -> None:  # noqa: FBT001 - a thread's argument
        connection = self._connection()
        headers = {"Authorization": f"Token {self.key}", "Content-Type": "image/png"}
        while not self._stopping.is_set():
            status, told = ask(connection, "/api/v1/predict", self.picture, headers)
            with self._lock:
                self.sent += 1
                self.answered += status == OK
                if status != OK:
                    self.failures[told] += 1
            if not keeps or status == 0:
                connection.close()
                connection = self._connection()
        connection.close()

    def _make_tokens(self) -> None:
        """Rows that were promised must be there afterwards."""
        while not self._stopping.wait(1):
            body = json.dumps({"username": "admin", "password": PASSWORD, "name": "under load"})
            connection = self._connection()
            headers = {"Content-Type": "application/json"}
            status, told = ask(connection, "/api/v1/token", body.encode(), headers)
            connection.close()
            if status == MADE:
                self.made.append(told)
            else:
                self.beside[told] += 1

    def _connection(self) -> HTTPSConnection:
        return HTTPSConnection("localhost", self.nginx.https_port, timeout=60, context=self.nginx.tls)


def ask(connection: HTTPSConnection, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """Post something.

    Returns:
        The status, and the id of what was made or the reason of a failure; 0 and a word without an answer.
    """
    try:
        connection.request("POST", path, body, {"Host": "digits.example", **headers})
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, HTTPException, ValueError) as error:
        return 0, type(error).__name__
    if "error" in answer:
        return response.status, f"{response.status} {answer['error']['code']}"
    return response.status, answer.get("id", "")
