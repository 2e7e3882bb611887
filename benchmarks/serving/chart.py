"""A bar chart as SVG, written by hand: it takes its colours from the reader's light or dark page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH_PX = 760
ROW_PX = 26
TOP_PX = 44
NAMES_PX = 250
VALUES_PX = 70
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .floor { fill: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .floor { fill: #3d444d; }
  }
"""


def draw_chart(title: str, bars: Sequence[tuple[str, float]]) -> str:
    """Horizontal bars from nought, the shortest first.

    Args:
        title: says what is measured, in which unit, and which way is better.
        bars: name and value; a name in asterisks, or one that begins with "floor", is coloured.
    """
    ordered = sorted(bars, key=lambda bar: bar[1])
    height_px = TOP_PX + ROW_PX * len(ordered) + 8
    scale = (WIDTH_PX - NAMES_PX - VALUES_PX) / ordered[-1][1]
    rows = [_row(i, name, value, scale) for i, (name, value) in enumerate(ordered)]
    words = "; ".join(f"{_plain(name)} {value:,.0f}" for name, value in ordered)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height_px}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(words)}</desc>",
            f"<style>{STYLE}</style>",
            f'<text class="title" x="8" y="24">{escape(title)}</text>',
            *rows,
            "</svg>\n",
        ]
    )


def _row(place: int, name: str, value: float, scale: float) -> str:
    top = TOP_PX + ROW_PX * place
    kind = "bar ours" if "**" in name else "bar floor" if name.startswith("floor") else "bar"
    length = max(1.0, value * scale)
    return (
        f'<text x="{NAMES_PX - 8}" y="{top + 16}" text-anchor="end">{escape(_plain(name))}</text>'
        f'<rect class="{kind}" x="{NAMES_PX}" y="{top + 3}" width="{length:.1f}" height="{ROW_PX - 8}"/>'
        f'<text x="{NAMES_PX + length + 8:.1f}" y="{top + 16}">{value:,.0f}</text>'
    )


def _plain(name: str) -> str:
    """Without Markdown's marks."""
    return name.replace("*", "").replace("`", "")
