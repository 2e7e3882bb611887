"""Containers for tests. CONTAINER is the command that runs them (podman), CONTAINER_BUILD builds them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers import free_port

ROOT = Path(__file__).parent.parent.parent
PULL_TIMEOUT_S = 120
# What every one of our containers is refused: docs/operations.md.
HARDENED = [
    *("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
    *("--memory=300m", "--memory-swap=300m", "--pids-limit=128", "--tmpfs=/tmp:size=64m,mode=1777"),
]


def engine(*arguments: str, check: bool = True, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Run the engine of containers with these arguments."""
    return subprocess.run(  # noqa: S603 - a command that the tester chose
        [*shlex.split(os.environ.get("CONTAINER", "podman")), *arguments],
        capture_output=True,
        text=True,
        check=check,
        cwd=ROOT,
        timeout=timeout_s,
    )


def build_image(name: str) -> None:
    """Build the Dockerfile as it is. Skips, with the reason, where containers or the base cannot be had."""
    command = shlex.split(os.environ.get("CONTAINER_BUILD", "")) or [
        *shlex.split(os.environ.get("CONTAINER", "podman")),
        "build",
    ]
    if shutil.which(command[0]) is None:
        _unavailable(f"{command[0]} is not installed")
    base = re.findall(r"^ARG BASE_IMAGE=(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[0]
    _require_image(base)
    built = subprocess.run(  # noqa: S603 - a command that the tester chose
        [*command, "--tag", name, "--build-arg", "VERSION=0.0.0-test", "."],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-4000:]


def _require_image(name: str) -> None:
    try:
        if engine("image", "inspect", name, check=False).returncode == 0:
            return
        pulled = engine("pull", "--quiet", name, check=False, timeout_s=PULL_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        _unavailable(f"the registry that has {name} does not answer")
    if pulled.returncode != 0:
        _unavailable(f"{name} is not here and no registry gives it: {pulled.stderr.strip()[-300:]}")


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("REQUIRE_CONTAINERS") == "1":
        pytest.fail(f"{reason}, and REQUIRE_CONTAINERS is 1")
    pytest.skip(f"no containers here: {reason}")


class Container:
    """A site of its own, hardened, with SQLite on a volume, that answers HTTP at `url` once it is started."""

    def __init__(self, image: str) -> None:
        self._image = image
        self.name = f"mnistsite-test-{uuid.uuid4().hex[:12]}"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._options = [
            *HARDENED,
            *("--volume", f"{self.name}:/var/lib/mnistsite"),
            *("--env", "SECRET_KEY=only-for-the-tests-of-the-image-" + "x" * 50),
            *("--env", "ALLOWED_HOSTS=127.0.0.1", "--env", "TRUST_PROXY=true"),
        ]
        self._publish = f"127.0.0.1:{port}:8000"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the image to its end."""
        return engine("run", "--rm", *self._options, self._image, *command)

    def start(self) -> None:
        """Start the default command in the background."""
        engine(
            "run", "--detach", "--name", self.name, *self._options, "--publish", self._publish, self._image
        )

    def status(self) -> dict[str, str]:
        """What the kernel says of the first process."""
        lines = engine("exec", self.name, "cat", "/proc/1/status").stdout.splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def logs(self) -> str:
        """What it has said so far."""
        said = engine("logs", self.name, check=False)
        return said.stdout + said.stderr


@contextmanager
def container(image: str) -> Iterator[Container]:
    """A container that has not been started yet; what is left of it is removed afterwards."""
    made = Container(image)
    engine("volume", "create", made.name)
    try:
        yield made
    finally:
        engine("rm", "--force", "--time", "0", made.name, check=False)
        engine("volume", "rm", "--force", made.name, check=False)
