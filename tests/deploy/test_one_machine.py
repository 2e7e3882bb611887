"""docs/operations-one-machine.md, followed to the letter from install over the loss of all to restore.

What the blocks find in the place of a whole machine, the page's last section tells.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import requests

from tests.deploy.nginx import eventually
from tests.servers import Server, free_ports, postgresql, redis_server
from tests.system import optional_program, require_program

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("one-machine"), pytest.mark.timeout(900)]

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "operations-one-machine.md").read_text()
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
# Of the models the default one is enough.
LEFT_OUT = (
    *("tests/", "docs/", "benchmarks/"),
    *(f"trained_models/{name}/" for name in ("fashion-cnn", "mnist-mlp", "mnist-sgd")),
)
END = "=== the block ended well ==="

STAND_INS = {
    "apt-get": 'echo "$@" >> "$STATE/apt-get"',
    "adduser": 'echo "$@" >> "$STATE/adduser"',
    "systemctl": f'exec {sys.executable} {ROOT}/tests/deploy/systemctl.py "$@"',
    # Debian's Python, as uWSGI has it, with the libraries of these tests.
    "python3": f"""
[ "$1 $2" = "-m venv" ] || exec /usr/bin/python3 "$@"
/usr/bin/python3 -m venv --without-pip "$3"
echo {sysconfig.get_path("platlib")} > "$(echo "$3"/lib/python3*/site-packages)/tests.pth"
""",
}


def blocks(section: str) -> list[str]:
    """The commands below a heading; those above all headings for an empty one."""
    below = PAGE.partition(f"\n## {section}\n")[2] if section else PAGE
    text = below.partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@dataclass
class Machine:
    """A shell in which the page is followed, and the site that comes of it."""

    folder: Path
    environment: dict[str, str]
    database: Server
    key: str = ""
    shell: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        with (self.folder / "shell.log").open("w") as log:
            self.shell = subprocess.Popen(  # noqa: S603 - a fixed command
                [require_program("bash"), "-eu", "-o", "pipefail"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def run(self, block: str) -> str:
        """Run a block in the one shell; what it printed."""
        assert self.shell.stdin
        assert self.shell.stdout
        self.shell.stdin.write(f"{block}\necho; echo '{END}'\n")
        self.shell.stdin.flush()
        printed = ""
        for line in self.shell.stdout:
            if line.strip() == END:
                return printed
            printed += line
        raise AssertionError(self._what_went_wrong(block, printed))

    def follow(self, section: str) -> str:
        return "".join(map(self.run, blocks(section)))

    def ask(self, method: str, path: str, **options: object) -> requests.Response:
        tls = Path(self.environment["SETTINGS"]) / "nginx" / "tls" / "tls.crt"
        address = f"https://localhost:{self.environment['HTTPS_PORT']}{path}"
        return requests.request(method, address, verify=tls, timeout=60, **options)

    def predicts(self, picture: bytes) -> None:
        headers = {"Authorization": f"Token {self.key}", "Content-Type": "image/png"}
        answer = self.ask("POST", "/api/v1/predict", data=picture, headers=headers)
        assert (answer.status_code, answer.json().get("digit")) == (200, 7)

    def release(self) -> str:
        """The one that answers."""
        return re.search(r"<!-- release (\S+) -->", self.ask("GET", "/").text)[1]

    def stored(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(query).fetchall()

    def _what_went_wrong(self, block: str, printed: str) -> str:
        logs = [self.folder / "shell.log", *(self.folder / "state").glob("*.log")]
        told = [f"--- {log.name}\n{log.read_text()[-3000:]}" for log in logs]
        return "\n".join(["The page cannot be followed:", block, printed, *told])


@pytest.fixture
def machine(tmp_path) -> Iterator[Machine]:
    """Folders, ports and databases of the test's own, in the environment; nothing is installed yet."""
    _require_debian()
    for name in ("bin", "state", "units"):
        (tmp_path / name).mkdir()
    for name, script in STAND_INS.items():
        stand_in = tmp_path / "bin" / name
        stand_in.write_text(f"#!/bin/sh\nset -eu\n{script}\n")
        stand_in.chmod(0o755)
    _make_releases(tmp_path / "repository")
    with postgresql() as database, redis_server() as counters:
        made = Machine(tmp_path, _environment(tmp_path, database, counters), database)
        try:
            yield made
        finally:
            made.shell.stdin.close()
            made.shell.wait()
            made.shell.stdout.close()
            _stop_all(tmp_path)


def _require_debian() -> None:
    if os.geteuid() != 0:
        pytest.skip("the page is followed as root")
    for name in ("nginx", "uwsgi", "git", "curl", "openssl", "runuser"):
        require_program(name)
    plugin = Path("/usr/lib/uwsgi/plugins/python3_plugin.so")
    ours = f"python{sys.version_info.major}{sys.version_info.minor}_plugin.so"
    if not plugin.exists() or plugin.resolve().name != ours:
        pytest.skip(f"Debian's uWSGI has another Python than these tests ({ours})")


def _environment(folder: Path, database: Server, counters: Server) -> dict[str, str]:
    http_port, https_port, operators_port = map(str, free_ports(3))
    server = psycopg.conninfo.conninfo_to_dict(database.url)
    return {
        "PATH": f"{folder}/bin:{_postgresql_clients()}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "SITE_HOST": "localhost",
        "REPOSITORY": f"file://{folder}/repository",
        "SITE": f"{folder}/site",
        "SETTINGS": f"{folder}/settings",
        "DATA": f"{folder}/data",
        "BACKUPS": f"{folder}/backups",
        "RUN": f"{folder}/run",
        "UNITS": f"{folder}/units",
        "STATE": f"{folder}/state",
        "SITE_USER": "root",
        "WEB_CONCURRENCY": "1",
        "HTTP_PORT": http_port,
        "HTTPS_PORT": https_port,
        "OPERATORS_PORT": operators_port,
        "DATABASE_URL": database.url.rpartition("/")[0] + "/mnistsite",
        "CACHE_URL": counters.url,
        "PGHOST": str(server["host"]),
        "PGPORT": str(server["port"]),
        "PGUSER": str(server["user"]),
        "PGPASSWORD": str(server["password"]),
    }


def _postgresql_clients() -> Path:
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def _make_releases(repository: Path) -> None:
    """This very state of the project as two releases, which differ in a comment on every page."""
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not name.startswith(LEFT_OUT):
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, repository / name)
    base = repository / "templates" / "base.html"
    page = base.read_text()
    _git(repository, "init", "--quiet", ".")
    for release in ("0.1.0", "0.2.0"):
        base.write_text(page.replace("</body>", f"<!-- release {release} --></body>"))
        _git(repository, "add", ".")
        identity = ("-c", "user.name=Releases", "-c", "user.email=releases@digits.example")
        _git(repository, *identity, "commit", "--quiet", "--message", release)
        _git(repository, "tag", f"v{release}")


def _git(folder: Path, *arguments: str) -> str:
    command = [require_program("git"), "-c", f"safe.directory={folder}", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - a fixed command


def _stop_all(folder: Path) -> None:
    environment = os.environ | {"UNITS": f"{folder}/units", "STATE": f"{folder}/state"}
    names = [unit.stem for unit in UNITS]
    command = [sys.executable, str(ROOT / "tests" / "deploy" / "systemctl.py"), "stop", *names]
    subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own program


def lose_everything(machine: Machine) -> None:
    """All but the backups, the packages and the database's server."""
    machine.run("systemctl stop mnistsite mnistsite-nginx; postgres dropdb mnistsite")
    for name in ("SITE", "SETTINGS", "DATA", "RUN", "UNITS"):
        shutil.rmtree(machine.environment[name])
    (machine.folder / "units").mkdir()


def test_the_page_leads_from_install_to_restore(machine, seven):
    machine.follow("")
    (machine.folder / "run").mkdir()
    printed = machine.follow("Install")
    machine.key = re.search(r"^mns_\S+$", printed, re.MULTILINE)[0]
    machine.predicts(seven)
    assert machine.release() == "0.1.0"
    _packages_are_those_of_the_tests(machine)

    machine.follow("Upgrade")
    machine.predicts(seven)
    assert machine.release() == "0.2.0"

    machine.follow("Roll back")
    machine.predicts(seven)
    assert machine.release() == "0.1.0"

    # Workers store what they have counted every few seconds.
    eventually(lambda: machine.stored("SELECT 1 FROM predictor_tokenusage HAVING sum(count) = 3"))
    machine.follow("Back up")
    lose_everything(machine)
    (machine.folder / "run").mkdir()
    machine.follow("Restore")

    assert machine.stored("SELECT sum(count) FROM predictor_tokenusage") == [(3,)]
    assert machine.stored("SELECT name FROM predictor_apitoken") == [("first token",)]
    machine.predicts(seven)
    assert machine.release() == "0.1.0"


def _packages_are_those_of_the_tests(machine: Machine) -> None:
    (asked,) = (machine.folder / "state" / "apt-get").read_text().splitlines()
    packages = {word for word in asked.split() if word != "install" and not word.startswith("--")}
    ci = (ROOT / ".ci" / "run").read_text()

    assert [package for package in packages if package.removesuffix("-core") not in ci] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_knows_every_line_of_the_units_and_calls_them_safe(unit, tmp_path):
    program = optional_program("systemd-analyze")
    shutil.copy(unit, tmp_path)

    verified = subprocess.run(  # noqa: S603 - a fixed command
        [program, "verify", "--recursive-errors=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    judged = subprocess.run(  # noqa: S603 - a fixed command
        [program, "security", "--no-pager", "--offline=true", "--threshold=25", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in verified.stderr.splitlines() if "not executable" not in line] == []
    assert judged.returncode == 0, judged.stdout


def test_the_units_share_every_line_of_protection():
    protections = [
        {line for line in unit.read_text().partition("NoNewPrivileges")[2].splitlines() if "=" in line}
        for unit in UNITS
    ]
    own = [line.partition("=")[0] for line in protections[0] ^ protections[1]]

    assert set(own) == {"CapabilityBoundingSet", "MemoryMax", "TasksMax"}
