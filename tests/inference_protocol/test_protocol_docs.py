"""docs/inference-protocol.md names every address, and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

from predictor.inference_protocol.urls import urlpatterns

HERE = Path(__file__).parent
DOCS = (HERE.parents[1] / "docs" / "inference-protocol.md").read_text()


def test_every_address_is_documented_and_no_other():
    existing = {f"/v2/{pattern.pattern}" for pattern in urlpatterns}
    existing = {each.replace("<slug:name>", "NAME").replace("<str:version>", "VERSION") for each in existing}

    documented = set(re.findall(r"^\| `(/v2[^`]*)`", DOCS, re.MULTILINE))

    assert documented - {"/v2"} | {"/v2/"} == existing


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(test_\w+\.py)`", DOCS))

    assert named
    assert {name for name in named if not (HERE / name).exists()} == set()
