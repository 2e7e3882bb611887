from __future__ import annotations

import numpy as np

from predictor.training.drawing.pen_strokes import smooth_line, template_strokes


def test_strokes_are_parted_by_a_bar():
    assert template_strokes("0,0 50,100 | 20,30 40,30") == [[(0, 0), (0.5, 1)], [(0.2, 0.3), (0.4, 0.3)]]


def test_a_marked_point_is_a_corner_as_a_repeated_one_is():
    assert template_strokes("0,0 50,0! 50,100") == template_strokes("0,0 50,0 50,0 50,100")


def test_a_full_circle_ends_where_it_began():
    (circle,) = template_strokes("@50,50,30,40,-90,270")

    assert circle[0] == circle[-1] == (0.5, 0.1)
    assert (0.5, 0.9) not in circle
    assert len(circle) == 10


def test_a_quarter_turns_clockwise_from_right_to_bottom():
    (quarter,) = template_strokes("@50,50,30,40,0,90")

    assert quarter[0] == (0.8, 0.5)
    assert quarter[-1] == (0.5, 0.9)


def test_a_line_is_straight_between_corners():
    line = smooth_line(np.array([[0, 0], [1, 0], [1, 0], [1, 1]], float))

    assert line.tolist() == [[0, 0], [1, 0], [1, 0], [1, 1]]


def test_a_line_bends_smoothly_through_its_points():
    line = smooth_line(np.array([[0, 0], [1, 1], [2, 0]], float), steps=2)

    assert line.tolist() == [[0, 0], [0.4375, 0.5625], [1, 1], [1.5625, 0.5625], [2, 0]]
