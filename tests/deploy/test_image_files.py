"""What the image is built from, and the small programs in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.servers import free_port

ROOT = Path(__file__).parent.parent.parent
IMAGE = ROOT / "deploy" / "image"


def test_the_build_context_is_named_thing_by_thing():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]

    assert lines[0] == "*"
    assert {line for line in lines if line[0] == "!"} == {
        *("!manage.py", "!mnistsite", "!predictor", "!static", "!templates", "!trained_models"),
        *(
            "!requirements.txt",
            "!requirements-tracing.txt",
            "!requirements-build.txt",
            "!requirements-uwsgi.txt",
        ),
        *("!deploy", "!deploy/image", "!deploy/uwsgi"),
    }
    assert lines.index("deploy/*") < lines.index("!deploy/image")


def test_everything_that_pip_installs_into_the_image_is_checked_by_its_hash():
    dockerfile = (ROOT / "Dockerfile").read_text()

    installs = re.findall(r"(?:install|wheel) --.*", dockerfile)

    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []
    assert len(installs) == 5
    for name in ("requirements-build", "requirements-uwsgi", "requirements-tracing"):
        lock = (ROOT / f"{name}.txt").read_text()
        assert len(re.findall(r"^\S+==", lock, re.MULTILINE)) <= len(re.findall(r"--hash=sha256:", lock))


def test_the_base_image_is_the_slim_debian_that_has_a_python_the_project_may_use():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert re.findall(r"^ARG BASE_IMAGE=debian:(\w+)-slim", dockerfile, re.MULTILINE) == ["trixie"]  # 3.13
    assert "libpython3.13 " in dockerfile


def _entrypoint(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [str(IMAGE / "entrypoint.sh"), *arguments],
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("sh",), ("bash", "-c", "true")])
def test_the_entry_point_runs_nothing_but_its_commands(arguments):
    refused = _entrypoint(*arguments)

    assert refused.returncode == 2
    assert "migrate " in refused.stderr


def test_static_files_are_copied_beside_those_of_another_release(tmp_path):
    (tmp_path / "collected" / "predictor").mkdir(parents=True)
    (tmp_path / "collected" / "predictor" / "new.css").touch()
    (tmp_path / "shared" / "predictor").mkdir(parents=True)
    (tmp_path / "shared" / "predictor" / "old.css").touch()

    copied = _entrypoint("static", str(tmp_path / "shared"), STATIC_ROOT=str(tmp_path / "collected"))

    assert copied.returncode == 0
    assert {file.name for file in (tmp_path / "shared" / "predictor").iterdir()} == {"old.css", "new.css"}


def test_the_health_check_fails_where_nothing_answers(tmp_path):
    port = free_port()
    for where in ({"PORT": str(port)}, {"WEB_SOCKET": str(tmp_path / "none.sock")}):
        checked = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-IS", str(IMAGE / "healthcheck.py")],
            env=where,
            capture_output=True,
            check=False,
        )
        assert checked.returncode == 1


def test_the_bill_of_materials_names_packages_and_models():
    made = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(IMAGE / "sbom.py"), "mnistsite", "1.2.3", str(ROOT / "trained_models")],
        capture_output=True,
        text=True,
        check=True,
    )

    document = json.loads(made.stdout)
    components = {component["bom-ref"]: component for component in document["components"]}
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert document["metadata"]["component"]["version"] == "1.2.3"
    (django,) = [reference for reference in components if reference.startswith("pkg:pypi/django@")]
    assert components[django]["licenses"] == [{"expression": "BSD-3-Clause"}]
    assert components["pkg:generic/mnist-sgd@1.1.0"]["type"] == "machine-learning-model"
    assert len(components["pkg:generic/mnist-sgd@1.1.0"]["hashes"][0]["content"]) == 64


def test_compose_mounts_no_secret_but_as_a_file_and_hardens_each_service():
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())

    for name, service in compose["services"].items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not any(re.search("PASSWORD$|SECRET_KEY$", key) for key in service.get("environment", {}))
        assert service.get("networks"), name
        if name != "postgres":  # Its entry point starts as root, owns its folder and becomes another user.
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
    assert {secret["file"].split("/")[1] for secret in compose["secrets"].values()} == {"secrets"}
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]


def test_secrets_are_made_once_and_stay(tmp_path):
    script = tmp_path / "make-secrets"
    script.write_text((ROOT / "deploy" / "make-secrets").read_text())
    script.chmod(0o755)

    made = []
    for _ in range(2):
        subprocess.run([str(script), "digits.example"], check=True)  # noqa: S603 - our own script
        made.append({file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()})

    assert made[0] == made[1]
    assert made[0].keys() == {"secret_key", "postgres_password", "database_url", "tls.crt", "tls.key"}
    assert len(made[0]["secret_key"]) >= 50
    assert made[0]["postgres_password"] in made[0]["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
