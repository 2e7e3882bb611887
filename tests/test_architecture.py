"""The arrows between the rooms point inward, and one door leads to unpickling."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WEB = ("django", "rest_framework", "axes", "environ", "mnistsite")
FORBIDDEN = {
    "predictor/recognition": (*WEB, "torch", "matplotlib", "onnx"),
    "predictor/training": WEB,
}
# Of the app itself a pure room sees nothing but these.
OWN = {
    "predictor/recognition": ("predictor.recognition",),
    "predictor/training": ("predictor.recognition", "predictor.training"),
}


def is_below(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, at its top or inside a function, with the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def calls(path: Path, names: set[str]) -> Iterator[int]:
    """The lines that call one of the names, bare or as an attribute."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in names:
                yield node.lineno


def unpickling_calls() -> Iterator[str]:
    """The files that call `joblib.load` and its like."""
    for path in source_files("predictor"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {"load", "loads"}:
                module = getattr(node.value, "id", "")
                if module in {"joblib", "pickle", "dill", "cloudpickle"}:
                    yield path.relative_to(ROOT).as_posix()


def source_files(folder: str) -> list[Path]:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"{folder} holds no Python file"
    return files


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_pure_room_imports_nothing_from_outside(room):
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in source_files(room)
        for line, module in imports(path)
        if is_below(module, FORBIDDEN[room])
        or (is_below(module, ("predictor",)) and not is_below(module, OWN[room]))
    ]

    assert offences == []


def test_only_open_package_builds_a_verified_package():
    builders = [path.name for path in source_files("predictor") for _ in calls(path, {"VerifiedPackage"})]

    assert builders == ["model_package.py"]


def test_only_the_classifier_module_unpickles():
    loaders = {
        path.relative_to(ROOT).as_posix()
        for path in source_files("predictor")
        for line, module in imports(path)
        if module.split(".")[0] in {"pickle", "joblib", "dill", "cloudpickle"}
    }
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in source_files("predictor")
        if list(calls(path, {"Unpickler", "NumpyUnpickler"}))
    }

    assert {path for path in loaders if "/training/" not in path} == {"predictor/recognition/classifier.py"}
    assert set(unpickling_calls()) == {
        "predictor/recognition/classifier.py",
        "predictor/training/own_estimator.py",  # A file of its owner's making, by an explicit option.
    }
    assert readers <= {"predictor/recognition/classifier.py"}
