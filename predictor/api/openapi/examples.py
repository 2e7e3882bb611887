"""Answers as the service gives them."""

from __future__ import annotations

from typing import Any

from predictor.api.openapi.failures import REQUEST_ID

_HOST = "https://digits.example/api/v1"
_NAME = {"name": "mnist-cnn", "version": "1.0.0"}
_PROBABILITIES = {str(digit): 0.0 for digit in range(10)} | {"1": 0.0002, "7": 0.9995, "9": 0.0003}
_ANSWER: dict[str, Any] = {
    "digit": 7,
    "label": "7",
    "confidence": 0.9995,
    "accepted": True,
    "reason": None,
    "probabilities": _PROBABILITIES,
    "model": _NAME,
}

PREDICTION = _ANSWER | {"request_id": REQUEST_ID}
DOUBT = PREDICTION | {
    "digit": 4,
    "label": "4",
    "confidence": 0.41,
    "accepted": False,
    "reason": "not_a_digit",
    "probabilities": {str(digit): 0.065556 for digit in range(10)} | {"4": 0.41},
}
BATCH = {
    "model": _NAME,
    "items": [
        {"file": "7.png"} | _ANSWER,
        {
            "file": "notes.txt",
            "error": {"code": "unsupported_format", "message": "The file is no picture in a known format."},
        },
    ],
    "request_id": REQUEST_ID,
}
ROOT = {
    "predict": f"{_HOST}/predict",
    "predict_batch": f"{_HOST}/predict/batch",
    "read": f"{_HOST}/read",
    "feedback": f"{_HOST}/feedback",
    "models": f"{_HOST}/models",
    "token": f"{_HOST}/token",
    "tokens": f"{_HOST}/tokens",
}
_READ = {name: value for name, value in _ANSWER.items() if name != "model"}
READING = {
    "text": "4 7",
    "digits": [
        {"box": {"left": 0.1, "top": 0.2, "width": 0.25, "height": 0.6}, "line": 0}
        | _READ
        | {"digit": 4, "label": "4", "probabilities": _PROBABILITIES | {"4": 0.9995, "7": 0.0}},
        {"box": {"left": 0.5, "top": 0.2, "width": 0.25, "height": 0.6}, "line": 0} | _READ,
    ],
    "model": _NAME,
    "request_id": REQUEST_ID,
}
FEEDBACK = {"label": "7", "answer": "1", "right": False, "model": _NAME, "request_id": REQUEST_ID}
MODEL: dict[str, Any] = {
    "name": "mnist-cnn",
    "version": "1.0.0",
    "active": True,
    "ready": True,
    "title": "MNIST digits, convolutional network",
    "description": "Recognises one handwritten digit.",
    "limits": "One digit a picture.",
    "created": "2026-11-20T12:00:00+00:00",
    "expires": None,
    "format": "onnx",
    "labels": [str(digit) for digit in range(10)],
    "input": {"shape": [1, 28, 28], "dtype": "float32", "range": [0.0, 1.0]},
    "preprocessing": "mnist-ink",
    "frameworks": {"onnxruntime": "1.23.2"},
    "data": [{"name": "MNIST", "split": "train", "count": 60000, "sha256": "44..."}],
    "metrics": {"accuracy": 0.9966},
    "calibration": {"temperature": 1.1},
    "rejection_rule": {"min_confidence": 0.6, "max_outlier": 0.5},
    "licence": "MIT",
    "signature": {
        "signer": "publisher",
        "key_fingerprint": "6c1f...",
        "digest": "sha256:9b0d...",
        "verified_at": "2026-11-25T08:00:00+00:00",
    },
    "files": {"card/metrics.json": 9000, "model.onnx": 1500000, "package.json": 2000},
    "size": {"model_bytes": 1500000, "package_bytes": 1511000},
    "card": None,
    "url": f"{_HOST}/models/mnist-cnn/versions/1.0.0",
    "predict_url": f"{_HOST}/models/mnist-cnn/versions/1.0.0/predict",
}
REFUSED = {
    "name": "mnist-cnn",
    "version": "1.1.0",
    "active": False,
    "ready": False,
    "rejection": {"code": "signature_invalid", "message": "The signature does not fit."},
    "url": f"{_HOST}/models/mnist-cnn/versions/1.1.0",
    "predict_url": f"{_HOST}/models/mnist-cnn/versions/1.1.0/predict",
}
MODEL_AND_VERSIONS = MODEL | {
    "versions": [
        {"version": "1.0.0", "active": True, "ready": True, "url": MODEL["url"], "roles": ["active"]},
        {
            "version": "1.1.0",
            "active": False,
            "ready": True,
            "url": REFUSED["url"],
            "roles": ["canary 10 %", "shadow"],
        },
    ]
}
TOKEN = {
    "id": "a04d599ec0bab47b",
    "name": "lab laptop",
    "scopes": ["predict"],
    "models": [],
    "rate_limit": 6000,
    "state": "usable",
    "created": "2026-11-22T15:45:26.053477Z",
    "expires": "2027-02-20T15:45:26.051200Z",
    "last_used": None,
    "revoked": None,
    "successor": None,
    "url": f"{_HOST}/tokens/a04d599ec0bab47b",
}
NEW_TOKEN = {"key": "mns_..."} | TOKEN
SUCCESSOR = NEW_TOKEN | {
    "id": "5be1c07734d2f9a8",
    "created": "2027-01-10T09:00:00.114200Z",
    "url": f"{_HOST}/tokens/5be1c07734d2f9a8",
}
ROTATED_TOKEN = TOKEN | {
    "expires": "2027-01-11T09:00:00.114700Z",
    "last_used": "2027-01-10T08:59:00Z",
    "successor": SUCCESSOR["id"],
}
LIMITED_TOKEN = TOKEN | {
    "id": "0c3d9e51aa7b6f42",
    "name": "scanner at the door",
    "models": ["mnist-cnn"],
    "rate_limit": 60,
    "created": "2026-11-24T10:02:41.900312Z",
    "expires": None,
    "url": f"{_HOST}/tokens/0c3d9e51aa7b6f42",
}
CREDENTIALS = {
    "username": "alice",
    "password": "...",
    "name": "lab laptop",
    "scopes": ["predict"],
    "models": ["mnist-cnn"],
    "expires_in_days": 90,
}
