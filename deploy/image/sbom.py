"""Write what an image is made of, in CycloneDX 1.6: Python packages, Debian packages, model packages.

python deploy/image/sbom.py NAME VERSION MODELS_DIR > sbom.cdx.json

It reads what is installed, not what was asked for. The same content gives the same document.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

Component = dict[str, Any]


def python_packages() -> Iterator[Component]:
    """Every distribution that this interpreter can import, with its licence as far as it names one."""
    for distribution in metadata.distributions():
        name, version = distribution.metadata["Name"], distribution.version
        purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
        yield _component("library", name, version, purl) | _licences(distribution.metadata)


def _licences(fields: metadata.PackageMetadata) -> Component:
    if expression := fields.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    names = [
        value.rpartition(" :: ")[2]
        for value in fields.get_all("Classifier") or []
        if value.startswith("License ::")
    ]
    return {"licenses": [{"license": {"name": name}} for name in names]} if names else {}


def debian_packages() -> Iterator[Component]:
    """Every installed Debian package; none on another system."""
    program = shutil.which("dpkg-query")
    if program is None:
        return
    form = "${Package}\t${Version}\t${Architecture}\n"
    listing = subprocess.run([program, "-W", "-f", form], capture_output=True, text=True, check=True)  # noqa: S603
    for line in listing.stdout.splitlines():
        name, version, architecture = line.split("\t")
        purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch={architecture}"
        yield _component("library", name, version, purl)


def model_packages(models_dir: Path) -> Iterator[Component]:
    """Every NAME/VERSION below a folder, with the digest of its signature, which covers all its files."""
    for signature in models_dir.glob("*/*/model.sig"):
        version = signature.parent.name
        name = signature.parent.parent.name
        digest = hashlib.sha256(signature.read_bytes()).hexdigest()
        yield _component("machine-learning-model", name, version, f"pkg:generic/{name}@{version}") | {
            "hashes": [{"alg": "SHA-256", "content": digest}]
        }


def document(name: str, version: str, models_dir: Path) -> dict[str, Any]:
    """The whole bill of materials."""
    components = [*python_packages(), *debian_packages(), *model_packages(models_dir)]
    unique = {component["bom-ref"]: component for component in components}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("container", name, version, f"pkg:generic/{name}@{version}")},
        "components": [unique[reference] for reference in sorted(unique)],
    }


def _component(kind: str, name: str, version: str, purl: str) -> Component:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    json.dump(document(sys.argv[1], sys.argv[2], Path(sys.argv[3])), sys.stdout, indent=1)
    sys.stdout.write("\n")
