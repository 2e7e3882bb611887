from __future__ import annotations

import json
from dataclasses import replace

from predictor.training.card.figures import metrics_json
from tests.training.evaluations import DATA, EVALUATION


def test_the_card_has_the_figures_as_json():
    card = json.loads(metrics_json(EVALUATION, DATA))

    assert card == {
        "data": {"name": "MNIST", "split": "test", "count": 20},
        "accuracy": 0.8,
        "expected_calibration_error": 0.025,
        "accepted": {"share": 0.75, "accuracy": 0.933333},
        "rejected": {"share": 0.25, "reasons": {"none_of_the_labels": 1, "unsure": 4}},
        "latency_ms": 0.457,
        "model_bytes": 12345,
        "classes": [
            {"label": "cat", "precision": 0.75, "recall": 0.9, "f1": 0.818182, "count": 10},
            {"label": "dog", "precision": 0.875, "recall": 0.7, "f1": 0.777778, "count": 10},
        ],
        "confusion_matrix": [[9, 1], [3, 7]],
        "reliability": [
            {"low": 0.6, "high": 0.666667, "confidence": 0.65, "accuracy": 0.6, "count": 5},
            {"low": 0.8, "high": 0.866667, "confidence": 0.85, "accuracy": 0.866667, "count": 15},
        ],
        "trade_off": [
            {"min_confidence": 0.6, "share": 0.95, "accuracy": 0.8},
            {"min_confidence": 0.7, "share": 0.75, "accuracy": 0.933333},
            {"min_confidence": 0.9, "share": 0.3, "accuracy": 1.0},
        ],
        "non_digits": {
            "rejected": 0.875,
            "count": 200,
            "kinds": [
                {"kind": "letters", "rejected": 0.75, "count": 100},
                {"kind": "noise", "rejected": 1.0, "count": 100},
            ],
        },
        "mistakes": [
            {
                "picture": "mistake-01.png",
                "truth": "dog",
                "answer": "cat",
                "confidence": 0.861235,
                "reason": None,
            },
            {
                "picture": "mistake-02.png",
                "truth": "cat",
                "answer": "dog",
                "confidence": 0.65,
                "reason": "unsure",
            },
        ],
    }


def test_what_was_not_measured_is_null():
    bare = replace(EVALUATION, non_digits=(), latency_ms=None, model_bytes=None)

    card = json.loads(metrics_json(bare, DATA))

    assert (card["non_digits"], card["latency_ms"], card["model_bytes"]) == (None, None, None)
