"""The pure functions of the pages' scripts, run by Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.system import require_program

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.system
def test_the_scripts_pass_their_own_tests(tmp_path):
    node = require_program("node")
    # Node takes a .js file for an ES module, as browsers do, only where a package.json says so.
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for folder in ("static", "tests/js"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    scripts = sorted(map(str, (tmp_path / "tests" / "js").glob("*.test.mjs")))

    run = subprocess.run(  # noqa: S603 - our own files
        [node, "--test", *scripts], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout
    assert scripts
