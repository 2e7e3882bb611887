"""What a client reads: predictions and models as plain, JSON-ready values.

The API, the pages' scripts and the command line all answer with these, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.model_card import card_figures
from predictor.recognition.errors import ImageError
from predictor.recognition.explanation import METHOD
from predictor.recognition.package_metadata import PackageMetadata, are_digits
from predictor.recognition.recognizer import UNSURE, Prediction
from predictor.recognition.several.reading import ReadDigit
from predictor.serving import ModelState

PROBABILITY_DIGITS = 6  # More would only print the noise of float32.
WEIGHT_DIGITS = 4
BOX_DIGITS = 4
UNREADABLE = "?"


def prediction_answer(prediction: Prediction, request_id: str) -> dict[str, Any]:
    """One prediction as the API's contract has it; `digit` only where every label is a digit."""
    digit = {"digit": int(prediction.label)} if are_digits(prediction.labels) else {}
    return digit | {
        "label": prediction.label,
        "confidence": round(prediction.confidence, PROBABILITY_DIGITS),
        "accepted": prediction.accepted,
        "reason": prediction.reason,
        "probabilities": {
            label: round(share, PROBABILITY_DIGITS)
            for label, share in zip(prediction.labels, prediction.shares, strict=True)
        },
        "model": {"name": prediction.model_name, "version": prediction.model_version},
        "request_id": request_id,
    }


def batch_answer(
    model: PackageMetadata, files: Sequence[str], outcomes: Sequence[Prediction | ImageError], request_id: str
) -> dict[str, Any]:
    """The answer for several pictures: an item each, in their order, with a prediction or what was wrong.

    Args:
        model: the one that was asked.
        files: the pictures' names.
        outcomes: what became of each, as `predict_pictures` tells.
        request_id: the same for all.
    """
    return {
        "model": {"name": model.name, "version": model.version},
        "items": [{"file": file} | _outcome(one) for file, one in zip(files, outcomes, strict=True)],
        "request_id": request_id,
    }


def _outcome(outcome: Prediction | ImageError) -> dict[str, Any]:
    if isinstance(outcome, ImageError):
        return {"error": {"code": outcome.code, "message": outcome.message}}
    answer = prediction_answer(outcome, "")
    del answer["request_id"]  # One request, one id: it stands beside the items.
    return answer


def reading_answer(model: PackageMetadata, read: Sequence[ReadDigit], request_id: str) -> dict[str, Any]:
    """The answer for the digits of one picture, in their order.

    Args:
        model: the one that was asked.
        read: as `read_digits` tells; at least one.
        request_id: of the request.
    """
    return {
        "text": reading_text(read),
        "digits": [_read_digit(one) for one in read],
        "model": {"name": model.name, "version": model.version},
        "request_id": request_id,
    }


def reading_text(read: Sequence[ReadDigit]) -> str:
    """The labels in their order, a space between two and each line by itself; "?" for what shows none."""
    lines: dict[int, list[str]] = {}
    for one in read:
        known = one.prediction.reason in (None, UNSURE)
        lines.setdefault(one.line, []).append(one.prediction.label if known else UNREADABLE)
    return "\n".join(" ".join(labels) for labels in lines.values())


def _read_digit(one: ReadDigit) -> dict[str, Any]:
    answer = prediction_answer(one.prediction, "")
    del answer["request_id"], answer["model"]  # They stand beside the digits, once.
    sides = zip(("left", "top", "width", "height"), one.box, strict=True)
    return {"box": {side: round(share, BOX_DIGITS) for side, share in sides}, "line": one.line} | answer


def explanation_answer(label: str, weights: NDArray[np.float32]) -> dict[str, Any]:
    """What joins a prediction's answer where it was asked for.

    Args:
        label: the answer.
        weights: what each pixel says for it or against it, as `Recognizer.explain` tells.
    """
    # Adding 0 turns -0.0, which nobody wants to read, into 0.0.
    rows = (np.round(weights.astype(np.float64), WEIGHT_DIGITS) + 0).tolist()
    return {"explanation": {"label": label, "method": METHOD, "map": rows}}


def model_answer(state: ModelState) -> dict[str, Any]:
    """One installed model version: its card where it was verified, else why it was refused."""
    answer: dict[str, Any] = {
        "name": state.name,
        "version": state.version,
        "active": state.active,
        "ready": state.ready,
    }
    if state.package is None:
        reason = state.rejection
        return answer | {"rejection": {"code": reason.code, "message": reason.message} if reason else None}
    package = state.package
    return (
        answer
        | _describe(package.metadata)
        | {
            "signature": {
                "signer": package.signer,
                "key_fingerprint": package.signer_fingerprint,
                "digest": f"sha256:{package.digest}",
                "verified_at": package.verified_at.isoformat(timespec="seconds"),
            },
            "files": {name: len(content) for name, content in sorted(package.files.items())},
            "size": {
                "model_bytes": len(package.files[package.metadata.model_file]),
                "package_bytes": sum(map(len, package.files.values())),
            },
            "card": card_figures(package),
        }
    )


def _describe(metadata: PackageMetadata) -> dict[str, Any]:
    return {
        "title": metadata.title,
        "description": metadata.description,
        "limits": metadata.limits,
        "created": metadata.created.isoformat(timespec="seconds"),
        "expires": metadata.expires and metadata.expires.isoformat(timespec="seconds"),
        "format": metadata.format,
        "labels": list(metadata.labels),
        "input": {
            "shape": list(metadata.input.shape),
            "dtype": "float32",
            "range": [metadata.input.low, metadata.input.high],
        },
        "preprocessing": metadata.preprocessing,
        "frameworks": dict(metadata.frameworks),
        "data": [dict(source) for source in metadata.data],
        "metrics": dict(metadata.metrics),
        "calibration": {"temperature": metadata.temperature},
        "rejection_rule": {
            "min_confidence": metadata.min_confidence,
            "max_outlier": metadata.max_outlier,
        },
        "licence": metadata.licence,
    }
