"""The state of a long run on disk, so that an interruption costs no more than an epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import torch

from predictor.training.recipe import Run


class Checkpoint:
    """A file with the state of everything that learns."""

    def __init__(self, run: Run, name: str, parts: Mapping[str, Any], settings: str) -> None:
        """Describe the run.

        Args:
            run: its folder, seed and progress.
            name: of the file, as a run may train several networks.
            parts: what has `state_dict` and `load_state_dict`, by name.
            settings: all that decides the result; with other settings the file is another run's.
        """
        self._run = run
        self._path = run.checkpoints / name
        self._parts = parts
        self._fingerprint = hashlib.sha256(f"{settings} seed {run.seed}".encode()).hexdigest()

    def load(self) -> int:
        """Bring back the state, if there is one of this run; the number of epochs it has behind it."""
        if not self._path.exists():
            return 0
        state = self._read()
        if state.get("fingerprint") != self._fingerprint:
            self._run.report("  The checkpoint is of another run, or cannot be read; starting anew.")
            return 0
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        epochs = int(state["epochs"])
        self._run.report(f"  Going on after epoch {epochs}, from {self._path}")
        return epochs

    def _read(self) -> dict[str, Any]:
        try:
            state = torch.load(self._path, weights_only=True)  # Tensors and numbers, no code.
        except Exception:  # noqa: BLE001 - on a damaged file its reader raises whatever it stumbles over
            return {}
        return state if isinstance(state, dict) else {}

    def save(self, epochs: int) -> None:
        """Write the state, replacing the older one in one step."""
        path = self._path
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {name: part.state_dict() for name, part in self._parts.items()}
        new = path.with_name(f".{path.name}.new")
        torch.save(state | {"epochs": epochs, "fingerprint": self._fingerprint}, new)
        new.replace(path)
