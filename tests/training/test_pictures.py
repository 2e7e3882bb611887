from __future__ import annotations

import numpy as np

from predictor.training.pictures import Pictures


def test_the_last_sixth_is_kept_for_choosing():
    inputs = np.arange(13 * 784, dtype=np.float32).reshape(13, 1, 28, 28)
    labels = np.arange(13, dtype=np.uint8)

    training, validation = Pictures.from_inputs(inputs, labels).parted()

    assert training.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert validation.labels.tolist() == [11, 12]
    assert validation.pixels.shape == (2, 784)
    assert validation.pixels[0, 0] == 11 * 784
