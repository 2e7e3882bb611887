"""Real servers for tests, PostgreSQL and Redis, on their own ports; they stop and come back as a test likes.

`python -m tests.servers COMMAND...` runs a command beside both: TEST_DATABASE_URL, TEST_CACHE_URL name them.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.system import require_program

START_SECONDS = 60  # On a slow, busy machine.
# A test's data need not survive a crash of the machine.
_POSTGRESQL_OPTIONS = (
    *("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60"),
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off"),
)


# Before a server's command: it is told to stop when we end, even if we are killed.
ENDING_WITH_US = ("setpriv", "--pdeathsig", "INT", "--")


def exit_on_sigterm() -> None:
    """For a script that starts servers: it stops them, and removes their folders, before it ends."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def free_ports(count: int) -> list[int]:
    """So many ports of 127.0.0.1 that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def free_port() -> int:
    """One of them."""
    return free_ports(1)[0]


def listens(port: int) -> bool:
    """Whether somebody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(process: subprocess.Popen[bytes], is_up: Callable[[], bool]) -> None:
    """Wait until a server answers that was just started."""
    until = time.monotonic() + START_SECONDS
    while not is_up():
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        assert time.monotonic() < until, f"{process.args} does not answer"
        time.sleep(0.05)


@dataclass
class Server:
    """A server that a test stops and starts as it likes."""

    url: str
    command: list[str]
    is_up: Callable[[], bool]
    folder: Path
    user: str | None = None
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                [*ENDING_WITH_US, *self.command], cwd=self.folder, user=self.user, stdout=log, stderr=log
            )
        wait_for(self.process, self.is_up)

    def stop(self) -> None:
        """End it at once, as an operator would: what was stored stays stored."""
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(START_SECONDS)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing, as a machine that hangs."""
        self._signal_all(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        """PostgreSQL has a process for each connection."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in [pid, *map(int, children)]:
            os.kill(one, number)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


@contextmanager
def redis_server() -> Iterator[Server]:
    """A Redis that keeps nothing."""
    port = free_port()
    command = [require_program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (
        _folder() as folder,
        _running(Server(f"redis://127.0.0.1:{port}/0", command, lambda: listens(port), folder)) as server,
    ):
        yield server


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL of its own with one empty database, and a password that only its URL tells."""
    programs = _postgresql_programs()
    user = "postgres" if os.geteuid() == 0 else None  # It refuses to run as root.
    port, password = free_port(), secrets.token_hex(16)
    url = f"postgresql://mnistsite:{password}@127.0.0.1:{port}/postgres"
    with _folder(user) as folder:
        _init(programs / "initdb", folder, user, password)
        options = [f"port={port}", *_POSTGRESQL_OPTIONS]
        command = [str(programs / "postgres"), "-D", str(folder / "data")]
        command += [part for option in options for part in ("-c", option)]
        with _running(Server(url, command, lambda: _answers(url), folder, user)) as server:
            yield server


def new_database(url: str) -> str:
    """Make one more database on a server, and return its URL."""
    name = f"site_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + f"/{name}"


def _postgresql_programs() -> Path:
    """Debian keeps them apart by version; the newest counts."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else Path(require_program("postgres")).parent


def _init(initdb: Path, folder: Path, user: str | None, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if user:
        shutil.chown(secret, user)
    command = [str(initdb), "-D", str(folder / "data"), "-U", "mnistsite", "-A", "scram-sha-256"]
    command += ["--pwfile", str(secret), "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(  # noqa: S603 - a fixed command
        command, cwd=folder, user=user, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _folder(user: str | None = None) -> Iterator[Path]:
    """Not pytest's, which other users may not enter."""
    with tempfile.TemporaryDirectory(prefix="mnistsite-server-") as name:
        if user:
            account = pwd.getpwnam(user)
            os.chown(name, account.pw_uid, account.pw_gid)
        yield Path(name)


def main(command: list[str]) -> int:
    """Run a command beside both servers, and end them."""
    exit_on_sigterm()
    with postgresql() as database, redis_server() as counters:
        environment = os.environ | {"TEST_DATABASE_URL": database.url, "TEST_CACHE_URL": counters.url}
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the caller's own


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
