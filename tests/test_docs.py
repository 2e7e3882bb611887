"""The documentation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from mnistsite.env import env

ROOT = Path(__file__).parent.parent


def test_every_setting_is_documented_and_no_other():
    documented = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)

    assert sorted(documented) == sorted(env.scheme)


def test_every_relative_link_in_the_documentation_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("trained_models/*.md")]
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert broken == []
