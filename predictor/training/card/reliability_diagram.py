"""Whether the model is right as often as it says: accuracy over confidence, and how often it says so."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from predictor.training.card.style import Style, plot_files, quiet_axes
from predictor.training.evaluation import Evaluation
from predictor.training.reliability import CONFIDENCE_BINS

_SIZE_PX = (460, 460)
_WIDTH = 0.86 / CONFIDENCE_BINS  # Of a bar; the rest is the gap to the next.


def reliability_files(evaluation: Evaluation) -> dict[str, bytes]:
    """The files `reliability.png` and `reliability-dark.png`."""
    return plot_files("reliability", _SIZE_PX, lambda figure, style: _draw(figure, style, evaluation))


def _draw(figure: Figure, style: Style, evaluation: Evaluation) -> None:
    rows: Any = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    above, below = rows
    middles = [(each.low + each.high) / 2 for each in evaluation.bins]
    _draw_accuracy(above, style, evaluation, middles)
    below.bar(middles, [each.count for each in evaluation.bins], _WIDTH, color=style.muted)
    below.set_yscale("log")
    below.set_ylim(bottom=0.5)
    below.yaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    below.yaxis.set_minor_locator(NullLocator())
    below.set_ylabel("answers")
    below.set_xlabel("stated confidence")
    below.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    below.set_xlim(0, 1)
    for axes in rows:
        quiet_axes(axes, style)
    figure.align_ylabels(list(rows))


def _draw_accuracy(axes: Any, style: Style, evaluation: Evaluation, middles: list[float]) -> None:
    accuracies = [each.accuracy for each in evaluation.bins]
    axes.bar(middles, accuracies, _WIDTH, color=style.accent, label="right")
    stated = [each.confidence for each in evaluation.bins]
    axes.plot([0, 1], [0, 1], color=style.doubt, linewidth=1.5, linestyle="--", label="as stated")
    axes.plot(stated, stated, color=style.doubt, marker="o", markersize=4, linestyle="none")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel("right answers")
    axes.legend(loc="upper left", frameon=False, labelcolor=style.ink)
