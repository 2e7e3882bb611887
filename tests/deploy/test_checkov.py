"""checkov finds nothing in the manifests and the Dockerfile but what is excepted with a reason."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.deploy.manifests import ROOT, distinct_documents
from tests.system import require_checkov

pytestmark = pytest.mark.system

CONFIG = ROOT / ".checkov.yaml"


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """One run over everything; its reports by framework."""
    folder = tmp_path_factory.mktemp("manifests")
    manifests = folder / "manifests.yaml"
    manifests.write_text(yaml.safe_dump_all(distinct_documents()))
    files = [str(ROOT / "Dockerfile"), str(manifests)]
    run = subprocess.run(  # noqa: S603 - a fixed command
        [
            require_checkov(),
            "--config-file",
            str(CONFIG),
            "--output",
            "json",
            "--soft-fail",
            "--file",
            *files,
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {report["check_type"]: report for report in json.loads(run.stdout)}


def test_everything_was_looked_at(reports):
    assert set(reports) == {"dockerfile", "kubernetes"}
    for report in reports.values():
        assert report["summary"]["parsing_errors"] == 0
        assert report["summary"]["passed"] > 100


def test_no_check_fails(reports):
    failed = [
        f"{check['check_id']} {check['check_name']}: {check['resource']} in {check['file_path']}"
        for report in reports.values()
        for check in report["results"]["failed_checks"]
    ]

    assert failed == []


def test_what_is_passed_over_for_one_object_has_its_reason_there():
    skipped = [
        value
        for document in distinct_documents()
        for name, value in document["metadata"].get("annotations", {}).items()
        if name.startswith("checkov.io/skip")
    ]

    assert skipped != []
    assert [value for value in skipped if not re.fullmatch(r"CKV\w+=[A-Z].{20,}\.", value)] == []


def test_what_is_passed_over_everywhere_has_its_reason_in_the_file():
    lines = CONFIG.read_text().partition("skip-check:\n")[2].splitlines()

    assert yaml.safe_load(CONFIG.read_text())["skip-check"] != []
    assert [line for line in lines if not re.fullmatch(r"  - CKV\w+  # [A-Za-z].{20,}\.", line)] == []


def test_it_fetches_nothing():
    assert yaml.safe_load(CONFIG.read_text())["skip-download"] is True
