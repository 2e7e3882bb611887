"""`manage.py fetch_packages`: from folders and archives, verified first, and nothing of what is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import ssl
import tarfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from predictor.serving import installed_packages
from tests.deploy.nginx import write_certificate
from tests.packages import JOBLIB_METADATA, OTHER_KEY, SIGNING_KEY, public_pem, write_package

NEWER = replace(JOBLIB_METADATA, version="2.0.0")


@pytest.fixture(autouse=True)
def trust(tmp_path, settings):
    (tmp_path / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    settings.MODEL_TRUSTED_KEYS = [str(tmp_path / "tests.pem")]


@pytest.fixture
def source(tmp_path):
    """A folder with two packages."""
    write_package(tmp_path / "source")
    write_package(tmp_path / "source", metadata=NEWER)
    return tmp_path / "source"


@pytest.fixture
def fetch(tmp_path):
    """Run the command; tell what is there afterwards."""

    def fetch(*arguments):
        call_command("fetch_packages", *map(str, arguments), "--to", str(tmp_path / "to"), verbosity=0)
        return there(tmp_path)

    return fetch


def there(tmp_path: Path) -> list[str]:
    return [f"{one.parent.name} {one.name}" for one in installed_packages(tmp_path / "to")]


def archived(source: Path, *extra: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in sorted(source.iterdir()):
            tar.add(path, path.name)
        for member, content in extra:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


class Server(ThreadingHTTPServer):
    """One that takes it in its stride when a client goes away."""

    daemon_threads = False  # They are waited for at the end.

    def handle_error(self, *_args):
        pass


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A server with a certificate that is trusted here. `answers` holds status, headers and body by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = answers.get(self.path.partition("?")[0], (404, {}, b""))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    write_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.crt"))
    monkeypatch.setenv("no_proxy", "localhost")
    yield f"https://localhost:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def test_a_folders_packages_are_brought_and_verified(fetch, source, tmp_path):
    assert fetch(source) == ["tiny-digits 1.2.3", "tiny-digits 2.0.0"]
    assert sorted(one.name for one in (tmp_path / "to").iterdir()) == ["tiny-digits"]
    call_command("verify_package", str(tmp_path / "to" / "tiny-digits" / "2.0.0"))


def test_again_it_changes_nothing(fetch, source, tmp_path):
    fetch(source)
    before = (tmp_path / "to" / "tiny-digits" / "2.0.0").stat()

    assert fetch(source) == ["tiny-digits 1.2.3", "tiny-digits 2.0.0"]
    assert (tmp_path / "to" / "tiny-digits" / "2.0.0").stat().st_ino == before.st_ino


def test_several_sources_come_together(fetch, tmp_path):
    write_package(tmp_path / "image")
    write_package(tmp_path / "volume", metadata=NEWER)

    assert fetch(tmp_path / "image", tmp_path / "volume") == ["tiny-digits 1.2.3", "tiny-digits 2.0.0"]


def test_another_package_of_the_same_version_is_refused(fetch, source, tmp_path):
    fetch(source)
    other = replace(JOBLIB_METADATA, title="Other digits")
    write_package(tmp_path / "other", metadata=other)

    with pytest.raises(CommandError, match="is there already with other contents"):
        fetch(tmp_path / "other")


def test_one_package_that_is_refused_keeps_all_of_its_source_out(fetch, source, tmp_path):
    write_package(source, metadata=replace(NEWER, version="3.0.0"), key=OTHER_KEY)

    with pytest.raises(CommandError, match=r"tiny-digits 3\.0\.0"):
        fetch(source)

    assert there(tmp_path) == []
    assert list((tmp_path / "to").iterdir()) == []


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_without_packages_is_refused(fetch, tmp_path, name):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CommandError, match="holds no package NAME/VERSION"):
        fetch(tmp_path / name)


def test_a_link_in_a_folder_is_refused(fetch, source):
    (source / "tiny-digits" / "2.0.0" / "card" / "link").symlink_to("/etc/passwd")

    with pytest.raises(CommandError, match="is a link"):
        fetch(source)


def test_a_source_that_is_too_large_is_refused(fetch, source):
    with pytest.raises(CommandError, match="has more than 0 bytes"):
        fetch(source, "--max-megabytes", 0)


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_archive_comes_by_https(fetch, source, site, compress):
    address, answers = site
    body = answers["/p"] = (200, {}, compress(archived(source)))

    digest = hashlib.sha256(body[2]).hexdigest()

    assert fetch(f"{address}/p#sha256={digest}") == ["tiny-digits 1.2.3", "tiny-digits 2.0.0"]


def test_a_redirect_to_https_is_followed(fetch, source, site):
    address, answers = site
    answers["/p"] = (200, {}, archived(source))
    answers["/old"] = (302, {"Location": f"{address}/p"}, b"")

    assert len(fetch(f"{address}/old")) == 2


def member(name: str, **fields) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


HOSTILE = {
    "a parent": (member("tiny-digits/../../evil"), "is no file of a package"),
    "an absolute path": (member("/etc/evil/file"), "is no file of a package"),
    "a hidden file": (member("tiny-digits/2.0.0/.evil"), "is no file of a package"),
    "a file beside the packages": (member("evil"), "is no file of a package"),
    "a link": (member("tiny-digits/2.0.0/x", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "is a link"),
    "a hard link": (member("tiny-digits/2.0.0/x", type=tarfile.LNKTYPE, linkname="/etc/passwd"), "is a link"),
    "a device": (member("tiny-digits/2.0.0/x", type=tarfile.CHRTYPE), "is a link or a device"),
    "a file twice": (member("tiny-digits/2.0.0/package.json"), "twice"),
    "a file as a folder": (member("tiny-digits/2.0.0/package.json/x"), "twice"),
    "a file of no manifest": (member("tiny-digits/2.0.0/card/x"), "is not in the manifest"),
}


@pytest.mark.parametrize(("hostile", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_leaves_nothing(fetch, source, site, tmp_path, hostile, words):
    address, answers = site
    answers["/p"] = (200, {}, archived(source, (hostile, b"")))

    with pytest.raises(CommandError, match=words):
        fetch(f"{address}/p")

    assert list((tmp_path / "to").iterdir()) == []
    assert not list(tmp_path.rglob("evil"))


def test_an_archive_that_swells_is_refused(fetch, source, site, tmp_path):
    address, answers = site
    large = (member("tiny-digits/2.0.0/card/large"), bytes(3 * 1024 * 1024))
    answers["/p"] = (200, {}, gzip.compress(archived(source, large)))

    with pytest.raises(CommandError, match="has more than 2097152 bytes when it is decompressed"):
        fetch(f"{address}/p", "--max-megabytes", 2)


def test_a_download_that_is_too_large_is_refused(fetch, site):
    address, answers = site
    answers["/p"] = (200, {}, bytes(1024 * 1024 + 1))

    with pytest.raises(CommandError, match=r"/p has more than 1048576 bytes\."):
        fetch(f"{address}/p", "--max-megabytes", 1)


BROKEN = {
    "not there": (404, {}, b""),
    "no tar": (200, {}, b"<html>"),
    "nothing": (200, {}, b""),
    "half a gzip": (200, {}, gzip.compress(b"x" * 100_000)[:60]),
    "less than was said": (200, {"Content-Length": "100"}, b""),
    "to plain HTTP": (302, {"Location": "http://localhost/p"}, b""),
    "to a file": (302, {"Location": "file:///etc/passwd"}, b""),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_is_no_archive_is_refused(fetch, site, tmp_path, answer):
    address, answers = site
    answers["/p"] = answer

    with pytest.raises(CommandError) as caught:
        fetch(f"{address}/p?signature=secret")

    assert caught.value.returncode == 1
    assert "secret" not in str(caught.value)
    assert there(tmp_path) == []


def test_another_digest_is_refused(fetch, source, site):
    address, answers = site
    answers["/p"] = (200, {}, archived(source))

    with pytest.raises(CommandError, match=rf"has the SHA-256 [0-9a-f]{{64}}, not {'0' * 64}"):
        fetch(f"{address}/p#sha256={'0' * 64}")


def test_a_certificate_that_is_not_trusted_is_refused(fetch, site, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(CommandError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"{site[0]}/p")


ADDRESSES = [
    ("http://packages.example/p", "is https://HOST/PATH"),
    ("file:///etc/passwd", "is https://HOST/PATH"),
    ("https:///p", "is https://HOST/PATH"),
    ("https://me:secret@packages.example/p", "is https://HOST/PATH"),
    ("https://packages.example/p#sha256=abc", "64 lower-case hex digits"),
    ("https://packages.example/p#md5=abc", "64 lower-case hex digits"),
]


@pytest.mark.parametrize(("address", "words"), ADDRESSES)
def test_an_address_of_another_kind_is_refused(fetch, address, words):
    with pytest.raises(CommandError, match=words) as caught:
        fetch(address)

    assert "secret" not in str(caught.value)


def test_what_was_brought_is_told(source, tmp_path, capsys):
    call_command("fetch_packages", str(source), "--to", str(tmp_path / "to"))

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  sha256:")[0] for line in lines] == ["tiny-digits 1.2.3", "tiny-digits 2.0.0"]
