"""What kustomize makes of an overlay, alone and with the optional components, as an operator adds them."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.system import optional_program

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
OVERLAYS = ["local", "production"]
# Shared by others, and in no overlay by itself.
_PARTS = {"packages"}
COMPONENTS = sorted(
    folder.name for folder in (DEPLOY / "kubernetes" / "components").iterdir() if folder.name not in _PARTS
)
# Each overlay as it is and with each component; and with all that go together.
VARIANTS = [
    *((overlay, *component) for overlay in OVERLAYS for component in [(), *((one,) for one in COMPONENTS)]),
    ("production", "batch", "packages-from-volume"),
    ("production", "batch", "packages-from-https"),
]

Document = dict[str, Any]
Variant = tuple[str, ...]


def variant_name(variant: Variant) -> str:
    return "+".join(variant)


@cache
def rendered_text(variant: Variant) -> str:
    """The overlay's manifests as YAML, from a copy to whose kustomization the components are added."""
    program = optional_program("kubectl")
    overlay, *components = variant
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(DEPLOY, Path(folder) / "deploy", ignore=shutil.ignore_patterns("secrets"))
        place = copy / "kubernetes" / "overlays" / overlay
        if components:
            with (place / "kustomization.yaml").open("a") as file:
                file.write(yaml.safe_dump({"components": [f"../../components/{one}" for one in components]}))
        made = subprocess.run(  # noqa: S603 - a fixed command
            [program, "kustomize", str(place)], capture_output=True, text=True, check=False
        )
    assert made.returncode == 0, made.stderr
    return made.stdout


@cache
def rendered(variant: Variant) -> list[Document]:
    return list(yaml.load_all(rendered_text(variant), Loader=yaml.CSafeLoader))


@cache
def distinct_documents() -> list[Document]:
    """Every document of any variant, once: most are the same in many."""
    texts = {json.dumps(document, sort_keys=True) for variant in VARIANTS for document in rendered(variant)}
    return [json.loads(text) for text in sorted(texts)]


def found(variant: Variant, kind: str, name: str) -> Document:
    """The one document of a kind and name."""
    (document,) = [one for one in rendered(variant) if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return document
