"""The shipped Nginx configuration, started with ports, folders and a certificate of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.servers import ENDING_WITH_US, free_ports
from tests.system import require_program

Found = TypeVar("Found")

SHIPPED = Path(__file__).parent.parent.parent / "deploy" / "nginx"


@dataclass(frozen=True)
class Nginx:
    """A running Nginx."""

    folder: Path
    http_port: int
    https_port: int
    operators_port: int

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "uwsgi.sock"

    @property
    def tls(self) -> SSLContext:
        return create_default_context(cafile=str(self.folder / "conf" / "tls" / "tls.crt"))

    def https(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = HTTPSConnection("localhost", self.https_port, timeout=60, context=self.tls)
        return _ask(connection, method, path, body, headers)

    def http(self, method: str, path: str, **headers: str) -> Answer:
        return _ask(HTTPConnection("localhost", self.http_port, timeout=60), method, path, None, headers)

    def operators(self, path: str, **headers: str) -> Answer:
        return _ask(HTTPConnection("localhost", self.operators_port, timeout=60), "GET", path, None, headers)

    def log(self) -> list[dict[str, object]]:
        lines = (self.folder / "access.log").read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def logged(self, request_id: str) -> list[dict[str, object]]:
        return eventually(lambda: [line for line in self.log() if line["request_id"] == request_id])


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        """Every value that was sent under a name: one, if all is well."""
        return [value for found, value in self.headers if found.lower() == name.lower()]

    def json(self) -> object:
        return json.loads(self.body)


def _ask(
    connection: HTTPConnection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, {"Host": "digits.example", **names})
        return read_answer(connection.getresponse())
    finally:
        connection.close()


def eventually(look: Callable[[], list[Found]]) -> list[Found]:
    """Look until something is found: a log line is written after the answer is sent."""
    while not (found := look()):
        time.sleep(0.02)
    return found


def read_answer(response: HTTPResponse) -> Answer:
    return Answer(response.status, response.getheaders(), response.read())


def configure(folder: Path, entrance: str = "tls", changes: Mapping[str, str] | None = None) -> Nginx:
    """Lay out the shipped configuration in a folder, with one of its entrances."""
    require_program("nginx")
    for name in ("tmp", "run", "srv"):
        (folder / name).mkdir()
    shutil.copytree(SHIPPED, folder / "conf", ignore=_other_entrances(entrance))
    (folder / "conf" / "tls").mkdir()
    write_certificate(folder / "conf" / "tls")
    nginx = Nginx(folder, *free_ports(3))
    replacements = {
        "listen 8080": f"listen 127.0.0.1:{nginx.http_port}",
        "listen 8443": f"listen 127.0.0.1:{nginx.https_port}",
        "listen 8081": f"listen 127.0.0.1:{nginx.operators_port}",
        "/tmp/": f"{folder}/tmp/",  # noqa: S108 - what is replaced
        "/etc/nginx/": f"{folder}/conf/",
        "/run/mnistsite/": f"{folder}/run/",
        "root /srv": f"root {folder}/srv",
        "/dev/stdout": f"{folder}/access.log",
    }
    for file in (folder / "conf").rglob("*.conf"):
        text = file.read_text()
        for before, after in [*replacements.items(), *(changes or {}).items()]:
            text = text.replace(before, after)
        file.write_text(text)
    return nginx


def command(nginx: Nginx) -> list[str]:
    # Started by root, Nginx would serve as another user, who may not read pytest's folders.
    user = "user root; " if os.geteuid() == 0 else ""
    main = str(nginx.folder / "conf" / "nginx.conf")
    return [
        *ENDING_WITH_US,
        require_program("nginx"),
        "-p",
        str(nginx.folder),
        "-c",
        main,
        "-g",
        f"{user}daemon off;",
    ]


@contextmanager
def running(nginx: Nginx) -> Iterator[Nginx]:
    """Start Nginx, and stop it."""
    with (
        (nginx.folder / "error.log").open("wb") as errors,
        subprocess.Popen(command(nginx), stderr=errors, stdout=errors) as process,  # noqa: S603 - a fixed command
    ):
        try:
            _wait_for(nginx, process)
            yield nginx
        finally:
            process.terminate()


def _wait_for(nginx: Nginx, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", nginx.operators_port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((nginx.folder / "error.log").read_text())


def _other_entrances(entrance: str):
    def ignored(_folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name in {"tls.conf", "behind-ingress.conf"} - {f"{entrance}.conf"}]

    return ignored


def write_certificate(folder: Path) -> None:
    """A certificate for localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "tls.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
