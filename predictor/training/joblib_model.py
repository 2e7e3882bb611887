"""The file of a scikit-learn model, as `recognition.classifier` reads it."""

from __future__ import annotations

import gzip
import io
from importlib.metadata import version
from typing import Any

import joblib

FRAMEWORKS: dict[str, str] = {name: version(name) for name in ("joblib", "numpy", "scikit-learn")}


def packed(model: Any) -> bytes:
    """The model as a gzipped pickle; without a time stamp, so that the same model gives the same bytes."""
    pickle = io.BytesIO()
    joblib.dump(model, pickle)
    return gzip.compress(pickle.getvalue(), mtime=0)
