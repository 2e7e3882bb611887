from __future__ import annotations

import numpy as np
import pytest

from predictor.training.augmentation import CLOTHING, DIGITS, Augmentation, augmented


@pytest.fixture
def strokes():
    """200 upright strokes, 4 px wide and 20 px long."""
    images = np.zeros((200, 1, 28, 28), np.float32)
    images[:, :, 4:24, 12:16] = 1
    return images


@pytest.fixture
def corner():
    """One bright pixel near the upper left corner."""
    image = np.zeros((1, 1, 28, 28), np.float32)
    image[0, 0, 5, 8] = 1
    return image


def centres(images):
    """(n, 2): the mean row and column of the ink."""
    pixel = np.arange(images.shape[-1])
    mass = images.sum(axis=(1, 2, 3))
    rows, columns = images.sum(axis=3)[:, 0] @ pixel, images.sum(axis=2)[:, 0] @ pixel
    return np.stack([rows, columns], axis=1) / mass[:, np.newaxis]


@pytest.mark.parametrize("settings", [DIGITS, CLOTHING])
def test_new_pictures_have_shape_type_and_range_of_the_old_ones(strokes, settings):
    new = augmented(strokes, settings, np.random.default_rng(1))

    assert new.shape == (200, 1, 28, 28)
    assert new.dtype == np.float32
    assert new.min() == 0
    assert new.max() == 1


def test_the_pictures_given_stay_as_they_are(strokes):
    before = strokes.copy()

    augmented(strokes, DIGITS, np.random.default_rng(1))

    assert np.array_equal(strokes, before)


def test_the_same_generator_gives_the_same_pictures(strokes):
    first = augmented(strokes, DIGITS, np.random.default_rng(1))
    second = augmented(strokes, DIGITS, np.random.default_rng(1))
    other = augmented(strokes, DIGITS, np.random.default_rng(2))

    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_every_picture_is_changed_in_its_own_way(strokes):
    new = augmented(strokes, DIGITS, np.random.default_rng(1))

    assert len(np.unique(new.reshape(200, -1), axis=0)) == 200


def test_settings_that_change_nothing_give_the_pictures_back():
    pictures = np.random.default_rng(0).random((3, 1, 28, 28), np.float32)

    new = augmented(pictures, Augmentation(), np.random.default_rng(1))

    np.testing.assert_allclose(new, pictures, atol=1e-3)


def test_digits_stay_in_the_frame(strokes):
    # In a larger frame nothing is cut off; there the ink outside 28 x 28 can be weighed.
    roomy = np.pad(strokes, ((0, 0), (0, 0), (8, 8), (8, 8)))

    new = augmented(roomy, DIGITS, np.random.default_rng(1))

    inside = new[:, :, 8:-8, 8:-8].sum(axis=(1, 2, 3)) / new.sum(axis=(1, 2, 3))
    assert inside.mean() > 0.99
    assert inside.min() > 0.9


def test_a_shift_moves_along_both_axes_by_no_more_than_it_may(strokes):
    new = augmented(strokes, Augmentation(shift_px=2), np.random.default_rng(1))

    moved = centres(new) - [13.5, 13.5]
    assert np.abs(moved).max() <= 2.01
    assert (moved.min(axis=0) < -1.5).all()
    assert (moved.max(axis=0) > 1.5).all()


def test_a_flip_mirrors_left_to_right(corner):
    new = augmented(corner, Augmentation(flip_probability=1), np.random.default_rng(1))

    assert centres(new)[0] == pytest.approx([5, 19], abs=0.01)


def test_a_rotation_keeps_the_distance_from_the_middle(corner):
    turned = [
        centres(augmented(corner, Augmentation(rotation_deg=90), np.random.default_rng(seed)))[0] - 13.5
        for seed in range(8)
    ]

    assert np.hypot(*np.transpose(turned)) == pytest.approx([np.hypot(8.5, 5.5)] * 8, abs=0.5)
    assert np.std(turned) > 2


def test_a_slant_leaves_rows_in_their_rows(strokes):
    new = augmented(strokes, Augmentation(shear=0.3), np.random.default_rng(1))

    np.testing.assert_allclose(new.sum(axis=3), strokes.sum(axis=3), atol=0.01)
    assert not np.allclose(new, strokes, atol=0.1)


def test_a_larger_scale_makes_more_ink(strokes):
    new = augmented(strokes, Augmentation(scale=(1.2, 1.2)), np.random.default_rng(1))

    assert new.sum() / strokes.sum() == pytest.approx(1.44, abs=0.03)


def test_another_aspect_keeps_about_the_same_ink(strokes):
    new = augmented(strokes, Augmentation(aspect=0.2), np.random.default_rng(1))

    assert new.sum(axis=(1, 2, 3)) == pytest.approx(np.full(200, 80), rel=0.03)
    assert np.std((new[:, 0].sum(axis=2) > 0.5).sum(axis=1)) > 0.5


def test_bending_moves_parts_of_a_stroke_differently(strokes):
    new = augmented(strokes, Augmentation(elastic_px=1), np.random.default_rng(1))

    ink = new[:, 0, 8:20]
    of_row = (ink @ np.arange(28)) / ink.sum(axis=2)
    assert np.std(of_row - of_row.mean(axis=1, keepdims=True)) > 0.2
    assert np.abs(np.diff(of_row, axis=1)).max() < 1


def test_strokes_grow_and_shrink_at_their_edges(strokes):
    new = augmented(strokes, Augmentation(stroke_share=1), np.random.default_rng(1))

    ink = new.sum(axis=(1, 2, 3))
    assert ink.min() == pytest.approx(2 * 18, abs=2)
    assert ink.max() == pytest.approx(80 + 2 * 20 + 2 * 4, abs=2)


def test_growing_does_not_run_from_the_end_of_a_row_into_the_next():
    image = np.zeros((50, 1, 28, 28), np.float32)
    image[:, 0, 10, 27] = 1

    new = augmented(image, Augmentation(stroke_share=1, blur_share=1), np.random.default_rng(1))

    assert new[:, 0, :, :20].max() == 0


def test_a_blur_keeps_the_ink_and_lowers_its_peak(corner):
    new = augmented(corner, Augmentation(blur_share=1), np.random.default_rng(1))

    assert new.sum() == pytest.approx(1, abs=0.01)
    assert new.max() < 1


def test_ink_never_exceeds_full_ink(strokes):
    new = augmented(strokes, Augmentation(intensity=(0.5, 1.5)), np.random.default_rng(1))

    peaks = new.max(axis=(1, 2, 3))
    assert peaks.max() == 1
    assert peaks.min() == pytest.approx(0.5, abs=0.02)


def test_erasing_blanks_one_rectangle_in_the_wanted_share_of_pictures():
    images = np.ones((1000, 1, 28, 28), np.float32)

    new = augmented(images, Augmentation(erase_probability=0.5, erase_px=(4, 8)), np.random.default_rng(1))

    blank = new[:, 0] == 0
    heights, widths = blank.any(axis=2).sum(axis=1), blank.any(axis=1).sum(axis=1)
    erased = heights > 0
    assert erased.mean() == pytest.approx(0.5, abs=0.05)
    assert (blank.sum(axis=(1, 2)) == heights * widths).all()
    assert {*heights[erased]} == {*widths[erased]} == {4, 5, 6, 7, 8}
