"""How long a stroke's answer takes to be on the screen, measured in the browser.

    make run                                   # in another terminal
    python -m benchmarks.stroke_answer http://127.0.0.1:8000

From the moment the pen is lifted until the frame after the answer's words changed: painting the picture,
sending it, recognising, and showing. Prints the median of 50 and the slowest.
"""

from __future__ import annotations

import statistics
import sys
import urllib.request

from tests.web.hands import DESKTOP, SEVEN, Hand, chromium

STROKES = 50

WATCH = """
() => {
  const canvas = document.querySelector("[data-paper]");
  const headline = document.querySelector("[data-headline]");
  window.durations = [];
  canvas.addEventListener("pointerup", ({ timeStamp }) => (window.lifted = timeStamp), { capture: true });
  new MutationObserver(() => {
    if (headline.textContent !== "7") return;
    const lifted = window.lifted;
    requestAnimationFrame(() => requestAnimationFrame((now) => window.durations.push(now - lifted)));
  }).observe(headline, { childList: true, characterData: true, subtree: true });
}
"""


UNTIL_ANSWERED = """
(number) => new Promise((resolve) => {
  const look = () => (window.durations.length > number ? resolve() : setTimeout(look, 10));
  look();
})
"""


def measure(address: str) -> list[float]:
    """Draw a seven again and again; the milliseconds of each answer."""
    with chromium() as browser:
        page = browser.new_context(**DESKTOP).new_page()
        page.goto(address)
        hand = Hand(page, page.locator("[data-paper]"))
        page.evaluate(WATCH)
        for number in range(STROKES):
            hand.draw("mouse", SEVEN)
            page.evaluate(UNTIL_ANSWERED, number)
            page.locator("[data-clear]").click()
        return list(page.evaluate("window.durations"))


if __name__ == "__main__":
    site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    urllib.request.urlopen(f"{site}/readyz").close()  # noqa: S310 - the site that was named
    durations = measure(site)
    median, slowest = statistics.median(durations), max(durations)
    print(f"{len(durations)} strokes: median {median:.0f} ms, slowest {slowest:.0f} ms")
