from __future__ import annotations

import io
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from predictor.training.card.confusion_matrix import confusion_matrix_files
from predictor.training.card.files import card_files
from predictor.training.card.style import label_text
from predictor.training.card.trade_off_curve import trade_off_files
from predictor.training.mistakes import MAX_MISTAKES
from tests.training.evaluations import DATA, EVALUATION

LIGHT, DARK = (255, 255, 255), (26, 31, 38)
PLOTS = ["confusion-matrix", "reliability", "trade-off"]


@pytest.fixture(scope="module")
def files():
    return card_files(EVALUATION, DATA)


def opened(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def test_a_card_has_figures_plots_and_mistakes(files):
    assert sorted(files) == [
        "card/confusion-matrix-dark.png",
        "card/confusion-matrix.png",
        "card/metrics.json",
        "card/mistake-01.png",
        "card/mistake-02.png",
        "card/reliability-dark.png",
        "card/reliability.png",
        "card/trade-off-dark.png",
        "card/trade-off.png",
    ]


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize(("suffix", "ground"), [("", LIGHT), ("-dark", DARK)])
def test_every_plot_is_drawn_for_light_and_for_dark_pages(files, plot, suffix, ground):
    content = files[f"card/{plot}{suffix}.png"]

    picture = opened(content)
    assert content.startswith(b"\x89PNG")
    assert len(content) < 50_000
    assert picture.width == 920
    assert [picture.getpixel(corner) for corner in ((0, 0), (picture.width - 1, 0))] == [ground] * 2


def test_the_same_evaluation_gives_the_same_bytes(files):
    assert card_files(EVALUATION, DATA) == files


def test_a_mistakes_picture_is_what_was_shown(files):
    picture = Image.open(io.BytesIO(files["card/mistake-01.png"]))

    assert np.asarray(picture).tolist() == [[7] * 28] * 28


def test_the_diagonal_of_the_confusion_matrix_is_darker_than_the_rest(files):
    picture = opened(files["card/confusion-matrix.png"]).convert("L")

    right, wrong = picture.getpixel((250, 150)), picture.getpixel((800, 150))

    assert right < 110
    assert wrong > 150


@pytest.mark.parametrize("count", [3, 26, 60])
def test_labels_of_any_length_and_number_fit(count):
    labels = tuple(f"$a rather long label$ {number}" for number in range(count))
    many = replace(EVALUATION, labels=labels, confusion=np.eye(count, dtype=np.int64) * 12345)

    picture = opened(confusion_matrix_files(many)["confusion-matrix.png"])

    edges = np.concatenate(
        [np.asarray(picture)[[0, -1]].reshape(-1, 3), np.asarray(picture)[:, [0, -1]].reshape(-1, 3)]
    )
    assert (edges == LIGHT).all()


def test_a_long_label_is_cut():
    assert label_text("Ankle boot") == "Ankle boot"
    assert label_text("Lightweight rain jacket") == "Lightweight rai…"


def test_a_model_that_accepts_nothing_has_a_card():
    silent = replace(EVALUATION, reasons={"none_of_the_labels": 20}, accepted_accuracy=0.0, trade_off=())

    assert trade_off_files(silent)["trade-off.png"].startswith(b"\x89PNG")


def test_a_model_that_is_always_right_and_sure_has_a_card():
    perfect = replace(EVALUATION, confusion=np.eye(2, dtype=np.int64) * 10, reasons={}, accepted_accuracy=1.0)

    assert trade_off_files(perfect)["trade-off.png"].startswith(b"\x89PNG")


def test_the_largest_card_fits_into_a_package(files):
    with_all_mistakes = len(files) - len(EVALUATION.mistakes) + MAX_MISTAKES

    # Of the 64 files, package.json, the model and the signature are three.
    assert with_all_mistakes <= 61


def test_a_persons_own_settings_of_matplotlib_do_not_reach_the_card(files):
    with mpl.rc_context({"lines.markersize": 20, "axes.grid": True, "figure.dpi": 30}):
        plot = trade_off_files(EVALUATION)["trade-off.png"]

    assert plot == files["card/trade-off.png"]
