from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from predictor.training import non_digit_samples as samples
from predictor.training.drawing.non_digits import NON_DIGIT_KINDS, non_digits
from tests.packages import JOBLIB_METADATA


def test_a_model_of_digits_is_measured_with_every_kind():
    drawn = samples.non_digit_samples(JOBLIB_METADATA)

    assert list(drawn) == list(NON_DIGIT_KINDS)
    assert {inputs.shape for inputs in drawn.values()} == {(samples.PER_KIND, 1, 28, 28)}


def test_training_never_draws_the_same_pictures():
    letter = samples.non_digit_samples(JOBLIB_METADATA)["Latin letters"][0]

    assert not any(np.array_equal(letter, drawn) for seed in (0, 1) for drawn in non_digits(40, seed))


@pytest.mark.parametrize("changes", [{"labels": ("cat", "dog")}, {"preprocessing": "plain-28x28"}])
def test_other_models_are_not_measured_with_them(changes):
    assert samples.non_digit_samples(replace(JOBLIB_METADATA, **changes)) == {}
