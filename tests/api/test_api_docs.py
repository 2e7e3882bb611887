"""docs/api.md names every address; test_error_shape.py looks up the codes there."""

from __future__ import annotations

import re
from pathlib import Path

from predictor.api.urls import urlpatterns

API_DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
PLACEHOLDERS = {"<slug:name>": "NAME", "<str:version>": "VERSION", "<slug:public_id>": "ID"}


def test_every_address_is_documented_and_no_other():
    existing = {f"/api/v1/{pattern.pattern}" for pattern in urlpatterns}
    for placeholder, name in PLACEHOLDERS.items():
        existing = {address.replace(placeholder, name) for address in existing}

    documented = set(re.findall(r"^\| `(/api/v1/[^`]*)`", API_DOCS, re.MULTILINE))

    assert documented == existing
