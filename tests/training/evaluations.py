"""One evaluation, small enough to check by hand, for the tests of what is made of it."""

from __future__ import annotations

import numpy as np

from predictor.training.evaluation import Evaluation, KindScore
from predictor.training.mistakes import Mistake
from predictor.training.reliability import ReliabilityBin
from predictor.training.trade_off import TradeOffPoint

DATA = {"name": "MNIST", "split": "test", "count": 20, "sha256": "11" * 32, "labels_sha256": "22" * 32}
EVALUATION = Evaluation(
    labels=("cat", "dog"),
    confusion=np.array([[9, 1], [3, 7]]),
    bins=(
        ReliabilityBin(low=0.6, high=2 / 3, confidence=0.65, accuracy=0.6, count=5),
        ReliabilityBin(low=0.8, high=13 / 15, confidence=0.85, accuracy=13 / 15, count=15),
    ),
    reasons={"none_of_the_labels": 1, "unsure": 4},
    accepted_accuracy=14 / 15,
    trade_off=(
        TradeOffPoint(0.6, 0.95, 0.8),
        TradeOffPoint(0.7, 0.75, 14 / 15),
        TradeOffPoint(0.9, 0.3, 1.0),
    ),
    mistakes=(
        Mistake(np.full((28, 28), 7, np.uint8), "dog", "cat", 0.8612345678, None),
        Mistake(np.full((28, 28), 9, np.uint8), "cat", "dog", 0.65, "unsure"),
    ),
    non_digits=(KindScore("letters", 0.75, 100), KindScore("noise", 1.0, 100)),
    latency_ms=0.45678,
    model_bytes=12345,
)
