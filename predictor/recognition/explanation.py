"""Which parts of a picture decided an answer: cover each in turn and see how the model's belief falls.

Sources: Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 4.2 (covering);
Robnik-Sikonja & Kononenko 2008, "Explaining Classifications For Individual Instances" (the fall of the
log-odds as a part's weight of evidence).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

METHOD = "occlusion"

_PATCH_SHARE = 6 / 28  # Of the side: wider than a stroke of MNIST, narrower than a loop.
_STEP_SHARE = 2 / 28
_PATCHES_A_ROW = 16  # Some reach over the edge, so that as many lie on each pixel: 3 x 3 on 28 pixels.
_MAX_VALUES = 2**20  # In one call of the model, so that large pictures do not fill the memory.
_LEAST_FALL = 1e-3  # Of the log-odds: below it there is only rounding, which scaling would blow up.

_TINY = float(np.finfo(np.float32).tiny)  # Stands for 0, which has no logarithm.

Probabilities = Callable[[NDArray[np.float32]], NDArray[np.float32]]
Patch = tuple[slice, slice]  # Rows and columns.

_NO_PATCH: Patch = (slice(0), slice(0))


def explain_by_occlusion(
    probabilities: Probabilities, model_input: NDArray[np.float32], label: int
) -> NDArray[np.float32]:
    """Weigh what each part of a picture says for or against a label.

    A square patch slides over the picture and covers it with its ground, the middle colour of the border. The
    weight of a patch is by how much the label's log-odds, ln(p) - ln(sum of the others' p), fall under it:
    unlike p itself, these still move where the model is 99.99% sure. A pixel has the mean weight of the
    patches over it, and all are divided by the largest size among them.

    Args:
        probabilities: of n pictures (n, *model_input.shape) makes (n, classes), each row sums to 1.
        model_input: (channels, side, side) in 0..1.
        label: the column of the label to explain.

    Returns:
        (side, side) in -1..1; 1 speaks most for the label, below 0 speaks against it. All 0 where no patch
        makes a difference.
    """
    side = model_input.shape[-1]
    cover = _ground(model_input)
    patches = list(_patches(side))
    # What hides nothing changes nothing: the model need not look again.
    telling = [number for number, patch in enumerate(patches) if (model_input[:, *patch] != cover).any()]
    views = [_NO_PATCH, *(patches[number] for number in telling)]
    odds = _log_odds(_seen(probabilities, model_input, cover, views), label)
    falls = np.zeros(len(patches))
    falls[telling] = odds[0] - odds[1:]
    return _scaled(_mean_over(patches, falls, side))


def _ground(model_input: NDArray[np.float32]) -> NDArray[np.float32]:
    """Paper, dark ground or sky: (channels, 1, 1)."""
    edges = [model_input[:, 0], model_input[:, -1], model_input[:, :, 0], model_input[:, :, -1]]
    return np.median(np.concatenate(edges, axis=1), axis=1)[:, np.newaxis, np.newaxis].astype(np.float32)


def _patches(side: int) -> Iterator[Patch]:
    patch, step = max(1, round(side * _PATCH_SHARE)), max(1, round(side * _STEP_SHARE))
    starts = np.unique(np.linspace(step - patch, side - step, _PATCHES_A_ROW).round().astype(int))
    spans = [slice(max(0, start), start + patch) for start in starts.tolist()]
    return itertools.product(spans, spans)


def _seen(
    probabilities: Probabilities,
    model_input: NDArray[np.float32],
    cover: NDArray[np.float32],
    patches: list[Patch],
) -> NDArray[np.float32]:
    """What the model makes of the picture under each patch, (patches, classes); one call if it is small."""
    at_once = max(1, _MAX_VALUES // model_input.size)
    parts = [patches[start : start + at_once] for start in range(0, len(patches), at_once)]
    return np.concatenate([probabilities(_covered(model_input, cover, part)) for part in parts])


def _covered(
    model_input: NDArray[np.float32], cover: NDArray[np.float32], patches: list[Patch]
) -> NDArray[np.float32]:
    pictures = np.repeat(model_input[np.newaxis], len(patches), axis=0)
    for picture, patch in zip(pictures, patches, strict=True):
        picture[:, *patch] = cover
    return pictures


def _log_odds(probabilities: NDArray[np.float32], label: int) -> NDArray[np.float64]:
    """Of the label against all others, (n,). Their sum is not 1 - p, which is 0 where p rounds to 1."""
    shares = probabilities.astype(np.float64)
    others = np.delete(shares, label, axis=1).sum(axis=1)
    return np.asarray(np.log(np.maximum(shares[:, label], _TINY)) - np.log(np.maximum(others, _TINY)))


def _mean_over(patches: list[Patch], falls: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    total, count = np.zeros((side, side)), np.zeros((side, side))
    for patch, fall in zip(patches, falls, strict=True):
        total[patch] += fall
        count[patch] += 1
    return total / count


def _scaled(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    largest = np.abs(weights).max()
    if largest < _LEAST_FALL:
        return np.zeros(weights.shape, np.float32)
    return np.asarray(weights / largest, np.float32)
