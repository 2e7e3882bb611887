from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from predictor.recognition.model_package import open_package
from predictor.recognition.recognizer import Recognizer
from predictor.training.answers import Answers
from predictor.training.datasets import LabelledImages
from predictor.training.errors import TrainingError
from predictor.training.evaluation import KindScore, evaluate, measure
from predictor.training.text_report import text_report
from tests import packages
from tests.training.idx_folders import bars

# Three cats and two dogs; one dog is taken for a cat, and one cat's answer is not accepted.
TRUTH = [0, 0, 0, 1, 1]
PROBABILITIES = [[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]]
REASONS = (None, None, "unsure", None, None)


def measured(truth, probabilities, reasons):
    """Cats and dogs; the n-th picture is n in every pixel."""
    seen = np.stack([np.full((1, 28, 28), number / 255, np.float32) for number in range(len(truth))])
    answers = Answers(np.array(probabilities), reasons, seen)
    return measure(("cat", "dog"), np.array(truth, np.uint8), answers)


@pytest.fixture
def pets():
    return measured(TRUTH, PROBABILITIES, REASONS)


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
    sure = measured([0, 0], [[1.0, 0.0]] * 2, (None, None))

    assert sure.calibration_error == 0
    assert [(each.high, each.count) for each in sure.bins] == [(1.0, 2)]


def test_answers_of_like_confidence_share_a_bin(pets):
    nine_tenths = pets.bins[-1]

    assert [each.count for each in pets.bins] == [1, 1, 1, 2]
    assert (nine_tenths.low, nine_tenths.high) == (pytest.approx(13 / 15), pytest.approx(14 / 15))
    assert (nine_tenths.confidence, nine_tenths.accuracy) == (0.9, 1.0)


def test_rejected_pictures_are_counted_by_reason():
    pets = measured(TRUTH, PROBABILITIES, ("none_of_the_labels", None, "unsure", "unsure", None))

    assert pets.reasons == {"none_of_the_labels": 1, "unsure": 2}
    assert pets.accepted_share == pytest.approx(0.4)


def test_a_higher_threshold_answers_less_and_better(pets):
    generous, *_, strict = pets.trade_off

    assert (generous.min_confidence, generous.share, generous.accuracy) == (0.6, 1.0, 0.8)
    assert (strict.min_confidence, strict.share, strict.accuracy) == (0.9, 0.4, 1.0)


def test_no_threshold_answers_what_is_none_of_the_labels():
    pets = measured(TRUTH, PROBABILITIES, (None, None, None, None, "none_of_the_labels"))

    assert pets.trade_off[0].share == 0.8
    assert pets.trade_off[0].accuracy == 1.0


def test_where_nothing_may_be_answered_there_is_no_trade_off():
    assert measured([0], [[0.9, 0.1]], ("none_of_the_labels",)).trade_off == ()


def test_the_most_confident_mistakes_come_first():
    pets = measured([0, 0, 1], [[0.3, 0.7], [0.9, 0.1], [0.8, 0.2]], ("unsure", None, None))

    first, second = pets.mistakes

    assert (first.truth, first.answer, first.confidence, first.reason) == ("dog", "cat", 0.8, None)
    assert (second.truth, second.answer, second.confidence, second.reason) == ("cat", "dog", 0.7, "unsure")
    assert (first.image == 2).all()


def test_sixteen_mistakes_are_kept():
    assert len(measured([1] * 20, [[0.9, 0.1]] * 20, (None,) * 20).mistakes) == 16


def test_a_class_that_never_occurs_scores_nothing():
    cats = measured([0], [[0.9, 0.1]], ("unsure",))

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
        "rejected                    0.2000",
        "  as unsure                 0.2000  (1 pictures)",
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


def test_the_report_prints_size_speed_and_what_is_rejected_where_they_were_measured(pets):
    kinds = (KindScore("letters", 0.75, 100), KindScore("noise", 1.0, 300))

    lines = text_report(replace(pets, latency_ms=0.456, model_bytes=12345, non_digits=kinds)).splitlines()

    assert "latency                     0.46 ms of CPU time a picture (median)" in lines
    assert "model file                  12,345 bytes" in lines
    assert lines[-4:] == [
        "no digit   rejected   count",
        "letters      0.7500     100",
        "noise        1.0000     300",
        "all kinds    0.9375     400",
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
    assert evaluation.latency_ms > 0
    assert evaluation.model_bytes == len(packages.packed_classifier())
    assert evaluation.non_digits == ()
    assert lines == []


def test_what_is_no_digit_is_measured_by_kind(recognizer):
    images, labels = bars(1, seed=5)
    blank, known = np.zeros((2, 1, 28, 28), np.float32), packages.memorable_pictures()

    evaluation = evaluate(
        recognizer, LabelledImages(images, labels), non_digits={"nothing": blank, "known": known}
    )

    nothing, memorable = evaluation.non_digits
    assert (nothing.kind, nothing.rejected, nothing.count) == ("nothing", 1.0, 2)
    assert (memorable.kind, memorable.rejected, memorable.count) == ("known", 0.0, 10)


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
