"""What breaks, and what happens then: faults under load, on Nginx, uWSGI, PostgreSQL and Redis as they ship.

`make faults` runs all of them and prints a table; `test_faults.py` runs the short form.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.deploy.nginx import Nginx, configure, running
from tests.deploy.steady_load import SteadyLoad, ask
from tests.deploy.uwsgi import ROOT, UWSGI, environment, prepare, serving
from tests.servers import Server, exit_on_sigterm, postgresql, redis_server

WORKERS, CLIENTS = 2, 8
HEALING_SECONDS = 120
SLOW_ADDRESS = "127.0.0.2"


@dataclass
class Site:
    """All of it, running."""

    folder: Path
    nginx: Nginx
    uwsgi: UWSGI
    database: Server
    redis: Server
    key: str
    picture: bytes

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database.url) as connection:
            return connection.execute(sql).fetchall()

    def usage(self) -> int:
        (row,) = self.query("SELECT COALESCE(SUM(count), 0) FROM predictor_tokenusage")
        return int(str(row[0]))


@dataclass(frozen=True)
class Fault:
    """One thing that breaks, and comes back before it returns; `seconds` is how long it lasts."""

    name: str
    happen: Callable[[Site, SteadyLoad, float], None]
    seconds: float = 0


@dataclass
class Outcome:
    """What came of it."""

    name: str
    load: SteadyLoad
    healed: bool
    lost_rows: int
    lost_counts: int

    def row(self) -> str:
        """A line of the table."""
        load = self.load
        failed = load.sent - load.answered
        cells = [self.name, load.sent, load.answered, failed, _listed(load.failures)]
        cells += [f"{len(load.made)} / {self.lost_rows}", self.lost_counts, _listed(load.beside)]
        cells.append("yes" if self.healed else "no")
        return "| " + " | ".join(map(str, cells)) + " |"


HEAD = (
    "| Fault | Sent | Answered | Failed | Why | Tokens made / lost | Counts lost | Others | Healed |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{count} x {reason}" for reason, count in reasons.most_common()) or "-"


@contextmanager
def site(folder: Path, picture: bytes) -> Iterator[Site]:
    """Start everything from the shipped configuration; only Nginx's limits for one address are lifted."""
    lifted = {"rate=100r/s": "rate=100000r/s", "rate=30r/m": "rate=100000r/m"}
    with postgresql() as database, redis_server() as redis, ExitStack() as stack:
        nginx = configure(folder, changes=lifted)
        settings = environment(
            folder,
            WEB_SOCKET=str(nginx.socket),
            WEB_CONCURRENCY=str(WORKERS),
            DATABASE_URL=database.url,
            CACHE_URL=redis.url,
            RATE_LIMIT_PER_TOKEN="1000000",
            RATE_LIMIT_PER_ADDRESS="1000000",
        )
        key = prepare(settings)
        uwsgi = stack.enter_context(serving(folder, settings))
        stack.enter_context(running(nginx))
        yield Site(folder, nginx, uwsgi, database, redis, key, picture)


def kill_a_worker(site: Site, load: SteadyLoad, _seconds: float) -> None:
    before = len(site.uwsgi.events("model_ready"))
    os.kill(_workers(site)[0], signal.SIGKILL)
    _wait_for_workers(site, before + 1)


def restart_gracefully(site: Site, load: SteadyLoad, _seconds: float) -> None:
    before = len(site.uwsgi.events("model_ready"))
    site.uwsgi.process.send_signal(signal.SIGHUP)
    _wait_for_workers(site, before + WORKERS)


def stop_the_database(site: Site, load: SteadyLoad, seconds: float) -> None:
    site.database.stop()
    time.sleep(seconds)
    site.database.start()


def stop_redis(site: Site, load: SteadyLoad, seconds: float) -> None:
    site.redis.stop()
    time.sleep(seconds)
    site.redis.start()


def freeze_the_database(site: Site, load: SteadyLoad, seconds: float) -> None:
    with site.database.frozen():
        time.sleep(seconds)


def fill_the_disk(site: Site, load: SteadyLoad, seconds: float) -> None:
    """Of Nginx's temporary folder, where it puts what a client sends beyond 128 KB."""
    with _small_disk(site.folder / "tmp") as disk:
        with suppress(OSError), (disk / "full").open("wb") as file:
            file.write(bytes(4 * 1024 * 1024))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            headers = {"Authorization": f"Token {site.key}", "Content-Type": "image/png"}
            connection = load._connection()
            _, told = ask(connection, "/api/v1/predict", bytes(1024 * 1024), headers)
            connection.close()
            load.beside[told] += 1


def be_slow(site: Site, load: SteadyLoad, seconds: float) -> None:
    """200 clients send their head a byte a second, 40 their body; Nginx waits for them, nobody else does."""
    heads = [_slow_client(site, b"GET / HTTP/1.1\r\nHost: digits.example\r\nX-Slow: ") for _ in range(200)]
    body = b"POST /upload/ HTTP/1.1\r\nHost: digits.example\r\nContent-Length: 100000\r\n\r\n"
    clients = heads + [_slow_client(site, body) for _ in range(40)]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for client in clients:
            with suppress(OSError):
                client.send(b"a")
        time.sleep(1)
    for client in clients:
        client.close()


FAULTS = [
    Fault("nothing, for comparison", lambda _site, _load, seconds: time.sleep(seconds), 20),
    Fault("a worker is killed (SIGKILL)", kill_a_worker),
    Fault("the application server restarts gracefully", restart_gracefully),
    Fault("PostgreSQL is gone for 20 s", stop_the_database, 20),
    Fault("PostgreSQL is gone for 80 s", stop_the_database, 80),
    Fault("PostgreSQL hangs for 20 s", freeze_the_database, 20),
    Fault("Redis is gone for 20 s", stop_redis, 20),
    Fault("Nginx's temporary disk is full for 20 s", fill_the_disk, 20),
    Fault("240 slow clients for 30 s", be_slow, 30),
]


def try_fault(site: Site, fault: Fault) -> Outcome:
    """Let it happen under load, wait until all is well, and count."""
    usage = site.usage()
    load = SteadyLoad(site.nginx, site.key, site.picture)
    with load.running(CLIENTS):
        load.wait_for(answers=20)
        fault.happen(site, load, fault.seconds)
        healed = _healed(site)
        if healed:
            load.wait_for(answers=20)
    lost_counts = _lost_counts(site, usage + load.answered)
    return Outcome(fault.name, load, healed, _lost_rows(site, load), lost_counts)


def _healed(site: Site) -> bool:
    until = time.monotonic() + HEALING_SECONDS
    while time.monotonic() < until:
        answer = site.nginx.operators("/readyz")
        if answer.status == 200 and answer.json() == {"status": "ready"}:
            return True
        time.sleep(0.2)
    return False


def _lost_rows(site: Site, load: SteadyLoad) -> int:
    """Tokens that were answered with 201 and are not there, or not in the audit log."""
    stored = {row[0] for row in site.query("SELECT public_id FROM predictor_apitoken")}
    noted = {row[0] for row in site.query("SELECT object_id FROM predictor_auditentry")}
    return len(set(load.made) - (stored & noted))


def _lost_counts(site: Site, expected: int) -> int:
    """Answers that never came to the counts of use, which each process writes every 5 s."""
    until = time.monotonic() + 30
    while site.usage() < expected and time.monotonic() < until:
        time.sleep(0.5)
    return max(expected - site.usage(), 0)


def _workers(site: Site) -> list[int]:
    master = site.uwsgi.process.pid
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def _wait_for_workers(site: Site, ready: int) -> None:
    until = time.monotonic() + HEALING_SECONDS
    while len(site.uwsgi.events("model_ready")) < ready:
        assert time.monotonic() < until, "no new worker is ready"
        time.sleep(0.1)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)  # noqa: S603, S607
    try:
        for name in ("client_body", "uwsgi"):
            (folder / name).mkdir()
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def can_mount(folder: Path) -> bool:
    """Whether this user may, which root in a container may not."""
    try:
        with _small_disk(folder):
            return True
    except (subprocess.CalledProcessError, OSError):
        return False


def _slow_client(site: Site, begin: bytes) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", site.nginx.https_port), 30, (SLOW_ADDRESS, 0))
    client = site.nginx.tls.wrap_socket(plain, server_hostname="localhost")
    client.send(begin)
    return client


def main() -> int:
    """Try all of them and print the table."""
    exit_on_sigterm()
    picture = (ROOT / "docs" / "examples" / "7.png").read_bytes()
    with tempfile.TemporaryDirectory(prefix="mnistsite-faults-") as name, site(Path(name), picture) as served:
        print(HEAD, flush=True)  # noqa: T201 - a script's output
        for fault in FAULTS:
            if fault.happen is fill_the_disk and not can_mount(served.folder / "tmp"):
                print(f"| {fault.name} | skipped: nothing can be mounted here | | | | | | | |")  # noqa: T201
                continue
            print(try_fault(served, fault).row(), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
