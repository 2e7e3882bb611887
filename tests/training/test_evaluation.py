from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.model_package import open_package
from predictor.recognition.recognizer import Recognizer
from predictor.training.datasets import LabelledImages
from predictor.training.errors import TrainingError
from predictor.training.evaluation import evaluate, measure
from predictor.training.text_report import text_report
from tests import packages
from tests.training.idx_folders import bars

# Three cats and two dogs; one dog is taken for a cat, and one cat's answer is not accepted.
TRUTH = np.array([0, 0, 0, 1, 1], np.uint8)
PROBABILITIES = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
ACCEPTED = np.array([True, True, False, True, True])


@pytest.fixture
def pets():
    return measure(("cat", "dog"), TRUTH, PROBABILITIES, ACCEPTED)


def test_accuracy_is_the_share_of_right_answers(pets):
    assert pets.count == 5
    assert pets.accuracy == 0.8


def test_rows_of_the_confusion_matrix_are_the_truth(pets):
    assert pets.confusion.tolist() == [[3, 0], [1, 1]]


def test_each_class_has_its_scores(pets):
    cat, dog = pets.class_scores()

    assert (cat.label, cat.precision, cat.recall, cat.count) == ("cat", 0.75, 1.0, 3)
    assert (dog.label, dog.precision, dog.recall, dog.count) == ("dog", 1.0, 0.5, 2)
    assert cat.f1 == pytest.approx(6 / 7)
    assert dog.f1 == pytest.approx(2 / 3)


def test_accepted_answers_are_counted_apart(pets):
    assert pets.accepted_share == 0.8
    assert pets.accepted_accuracy == 0.75


def test_the_calibration_error_is_the_mean_gap_between_confidence_and_accuracy(pets):
    # Each confidence falls into a bin of its own, but for the two 0.9.
    assert pets.calibration_error == pytest.approx((2 * 0.1 + 0.4 + 0.2 + 0.7) / 5)


def test_full_confidence_has_a_bin():
    sure = measure(
        ("cat", "dog"), np.array([0, 0], np.uint8), np.array([[1.0, 0.0]] * 2), np.array([True] * 2)
    )

    assert sure.calibration_error == 0


def test_a_class_that_never_occurs_scores_nothing():
    cats = measure(("cat", "dog"), np.array([0], np.uint8), np.array([[0.9, 0.1]]), np.array([False]))

    dog = cats.class_scores()[1]

    assert (dog.precision, dog.recall, dog.f1, dog.count) == (0, 0, 0, 0)
    assert cats.accepted_accuracy == 0


def test_the_report_prints_figures_classes_and_confusions(pets):
    lines = text_report(pets).splitlines()

    assert lines == [
        "pictures                    5",
        "accuracy                    0.8000",
        "expected calibration error  0.3000  (15 bins)",
        "accepted                    0.8000",
        "accuracy of the accepted    0.7500",
        "",
        "class  precision  recall      f1   count",
        "cat       0.7500  1.0000  0.8571       3",
        "dog       1.0000  0.5000  0.6667       2",
        "",
        "confusion matrix: a row a true class, a column an answer",
        "       cat  dog",
        "  cat    3    0",
        "  dog    1    1",
    ]


@pytest.fixture
def recognizer(tmp_path):
    folder = packages.write_package(tmp_path)
    return Recognizer.from_package(open_package(folder, packages.policy()))


def test_a_model_is_measured_from_the_bytes_of_pictures(recognizer):
    images, labels = bars(1, seed=5)
    lines = []

    evaluation = evaluate(recognizer, LabelledImages(images, labels), lines.append)

    assert evaluation.labels == tuple("0123456789")
    assert evaluation.confusion.sum(axis=1).tolist() == [1] * 10
    assert lines == []


def test_progress_is_reported_every_thousand_pictures(recognizer):
    images, labels = bars(100, seed=5)
    lines = []

    evaluate(recognizer, LabelledImages(images, labels), lines.append)

    assert lines == ["  1,000 of 1,000 pictures"]


def test_a_picture_that_cannot_be_recognised_is_named(recognizer):
    images, labels = bars(1, seed=5)
    images[3] = 0

    with pytest.raises(TrainingError, match="picture 4 cannot be recognised: Nothing is drawn"):
        evaluate(recognizer, LabelledImages(images, labels))


def test_a_label_that_the_model_does_not_have_is_refused(recognizer):
    images, labels = bars(1, seed=5)
    labels[3] = 10

    with pytest.raises(TrainingError, match="label 10 is none of the model's 10"):
        evaluate(recognizer, LabelledImages(images, labels))
