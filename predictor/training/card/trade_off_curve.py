"""What it costs to answer only when sure: the accuracy of the accepted answers over their share."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from predictor.training.card.style import Style, plot_files, quiet_axes
from predictor.training.evaluation import Evaluation

_SIZE_PX = (460, 380)
# So many times the pictures that the model's own rule leaves unanswered, so that it stands within the curve.
_SHOWN = 4
_LEAST_SHOWN = 0.04
_HEADROOM = 0.08  # Above the highest point, as a share of the curve's height.


def trade_off_files(evaluation: Evaluation) -> dict[str, bytes]:
    """The files `trade-off.png` and `trade-off-dark.png`."""
    return plot_files("trade-off", _SIZE_PX, lambda figure, style: _draw(figure, style, evaluation))


def _draw(figure: Figure, style: Style, evaluation: Evaluation) -> None:
    axes: Any = figure.add_subplot()
    own = (evaluation.accepted_share, evaluation.accepted_accuracy)
    left = max(0.0, 1 - max(_LEAST_SHOWN, _SHOWN * (1 - own[0])))
    shown = [(point.share, point.accuracy) for point in evaluation.trade_off if point.share >= left]
    if shown:  # No threshold brings back what the outlier rule rejects: the curve ends below 100 % there.
        axes.plot(*zip(*shown, strict=True), color=style.accent, linewidth=2)
    axes.plot(1, evaluation.accuracy, color=style.muted, marker="s", linestyle="none", label="answering all")
    axes.plot(*own, color=style.doubt, marker="o", markersize=8, linestyle="none", label="its own rule")
    axes.set_xlim(left, 1 + (1 - left) * 0.03)
    heights = [evaluation.accuracy, own[1], *(accuracy for _share, accuracy in shown)]
    margin = _HEADROOM * (max(heights) - min(heights) or 0.01)
    axes.set_ylim(min(heights) - margin, max(heights) + margin)
    _label(axes, style)


def _label(axes: Any, style: Style) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(_percent))
    axes.set_xlabel("pictures that are answered")
    axes.set_ylabel("right among the answers")
    axes.legend(loc="lower left", frameon=False, labelcolor=style.ink)
    quiet_axes(axes, style)


def _percent(share: float, _position: int) -> str:
    """As many decimals as it takes, and nothing above a hundred, which only the margin reaches."""
    return f"{share * 100:.4g}%" if share <= 1 + 1e-9 else ""
