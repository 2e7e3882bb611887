"""Packages from their sources into a folder NAME/VERSION, each verified before it is there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from predictor.fetching.archive import unpack
from predictor.fetching.download import download
from predictor.fetching.errors import FetchError
from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import TrustPolicy, VerifiedPackage, open_package
from predictor.recognition.package_files import read_package_files
from predictor.serving import installed_packages


def fetch(source: str, to: Path, policy: TrustPolicy, max_bytes: int) -> list[VerifiedPackage]:
    """Bring all packages of one source to a folder. One that is refused keeps all of that source out.

    A package that is there already, byte for byte, stays. Each appears in one step.

    Args:
        source: a folder of packages NAME/VERSION, or `https://...` of a tar of them (see `download`).
        to: where they go; on the same file system as its parts.
        policy: whose signature counts.
        max_bytes: the most that a source may have, packed and unpacked.

    Returns:
        The verified packages, by name and version.

    Raises:
        FetchError: the source cannot be read, holds no package, or another package has the same version.
        PackageRejected: a package is not to be trusted.
        OSError: the folder cannot be written to.
    """
    with _incoming(to) as incoming:
        if "://" in source:
            _from_archive(source, incoming, max_bytes)
        else:
            _from_folder(Path(source), incoming, max_bytes)
        folders = installed_packages(incoming)
        if not folders:
            raise FetchError(f"{source.partition('?')[0]} holds no package NAME/VERSION.")
        packages = [open_package(folder, policy) for folder in folders]
        for folder, package in zip(folders, packages, strict=True):
            _put(folder, package, to, policy)
    return packages


@contextmanager
def _incoming(to: Path) -> Iterator[Path]:
    """A folder beside the packages that no server takes for one."""
    to.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".incoming-", dir=to))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _from_archive(address: str, incoming: Path, max_bytes: int) -> None:
    with tempfile.TemporaryFile(dir=incoming) as archive:
        download(address, archive, max_bytes)
        archive.seek(0)
        unpack(archive, incoming, max_bytes)


def _from_folder(source: Path, incoming: Path, max_bytes: int) -> None:
    left = max_bytes
    for folder in installed_packages(source):
        for name, content in read_package_files(folder).items():
            left -= len(content)
            if left < 0:
                raise FetchError(f"{source} has more than {max_bytes} bytes.")
            target = incoming / folder.parent.name / folder.name / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _put(folder: Path, package: VerifiedPackage, to: Path, policy: TrustPolicy) -> None:
    name, version = package.metadata.name, package.metadata.version
    target = to / name / version
    if target.exists():
        if _digest(target, policy) != package.digest:
            raise FetchError(f"{target} is there already with other contents; give it a new version.")
        return
    target.parent.mkdir(exist_ok=True)
    folder.rename(target)


def _digest(folder: Path, policy: TrustPolicy) -> str:
    try:
        return open_package(folder, policy).digest
    except PackageRejected:
        return ""
