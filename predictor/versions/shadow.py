"""Asking a shadow version what the active one was asked, after the answer and beside the next one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread

import numpy as np
from numpy.typing import NDArray

from predictor.metrics.instruments import count_shadow
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.serving import served_models
from predictor.versions.shadow_counts import AGREED, DISAGREED, DROPPED, FAILED, Pair, count

logger = logging.getLogger("predictor.versions")

MAX_WAITING = 64  # Requests; a shadow version that is slower than its traffic misses some of it.
MAX_WAITING_BYTES = 32 * 1024 * 1024  # Of pictures that are kept for it.


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the shadow version is asked, and what the active one said.

    Attributes:
        inputs: what the active version saw, (n, channels, side, side).
        pictures: the files; where they are given, the shadow version sees them by its own preprocessing.
    """

    shadow: Recognizer
    answers: Sequence[Prediction]
    inputs: NDArray[np.float32]
    pictures: Sequence[bytes] | None

    @property
    def pair(self) -> Pair:
        """Which two versions are compared."""
        answer = self.answers[0]
        return Pair(answer.model_name, self.shadow.package.metadata.version, answer.model_version)

    @property
    def size_bytes(self) -> int:
        """How much waits in memory."""
        return sum(map(len, self.pictures)) if self.pictures else self.inputs.nbytes


class ShadowQueue:
    """One thread asks shadow versions; what does not fit into its queue is dropped and counted."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._queue: SimpleQueue[Comparison] = SimpleQueue()
        self._thread: Thread | None = None
        self._waiting = 0
        self._waiting_bytes = 0

    def put(self, comparison: Comparison) -> bool:
        """Take a comparison, or tell that there is no room for it. Never waits."""
        size = comparison.size_bytes
        with self._lock:
            if self._waiting >= MAX_WAITING or self._waiting_bytes + size > MAX_WAITING_BYTES:
                return False
            self._waiting += 1
            self._waiting_bytes += size
            if self._thread is None:
                self._thread = Thread(target=self._run, name="shadow-versions", daemon=True)
                self._thread.start()
        self._queue.put(comparison)
        return True

    def _run(self) -> None:
        while True:
            comparison = self._queue.get()
            compare(comparison)
            with self._lock:
                self._waiting -= 1
                self._waiting_bytes -= comparison.size_bytes


_queue = ShadowQueue()


def ask_shadow(
    recognizer: Recognizer,
    answers: Sequence[Prediction],
    inputs: NDArray[np.float32],
    pictures: Sequence[bytes] | None = None,
) -> None:
    """Have a model's shadow version, if it has one, asked what its active version has just answered.

    Args:
        recognizer: which answered; where it is not the active version, nobody else is asked.
        answers: what it said.
        inputs: (n, *recognizer.input_shape), what it saw.
        pictures: the files that the inputs were made of, if there were any.
    """
    shadow = served_models().shadow(recognizer.package.metadata.name)
    if shadow is None or not answers or not served_models().is_active(recognizer):
        return
    needs_pictures = _preprocessing(shadow) != _preprocessing(recognizer)
    comparison = Comparison(shadow, answers, inputs, pictures if needs_pictures else None)
    if not _queue.put(comparison):
        _count(comparison.pair, DROPPED, len(answers))


def compare(comparison: Comparison) -> None:
    """Ask the shadow version and count each picture. Whatever it does, nothing but the counts tells of it."""
    pair, answers = comparison.pair, comparison.answers
    try:
        for answer, other in zip(answers, _ask(comparison), strict=True):
            _count(pair, _outcome(answer, other), 1)
    except Exception:
        logger.exception("shadow_failed", extra={"model": pair.name, "version": pair.version})
        _count(pair, FAILED, len(answers))


def _ask(comparison: Comparison) -> list[Prediction | None]:
    """The shadow version's answers; None where it cannot recognise the picture."""
    shadow = comparison.shadow
    if comparison.pictures is not None:
        return [_recognize(shadow, picture) for picture in comparison.pictures]
    if comparison.inputs.shape[1:] != shadow.input_shape:
        return [None] * len(comparison.answers)
    return list(shadow.predict(comparison.inputs))


def _recognize(shadow: Recognizer, picture: bytes) -> Prediction | None:
    try:
        return shadow.recognize(picture)
    except ImageError:
        return None


def _outcome(answer: Prediction, other: Prediction | None) -> str:
    """Two versions agree if they say the same label, and both or neither stand by it."""
    if other is None:
        return FAILED
    return AGREED if (answer.label, answer.accepted) == (other.label, other.accepted) else DISAGREED


def _count(pair: Pair, outcome: str, times: int) -> None:
    count(pair, outcome, times)
    count_shadow(pair.name, pair.version, outcome, times)


def _preprocessing(recognizer: Recognizer) -> str:
    return recognizer.package.metadata.preprocessing
