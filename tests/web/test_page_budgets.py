"""How much a first visit transfers, and that nothing moves once it is there."""

from __future__ import annotations

import gzip

import pytest

from tests.web.hands import chromium
from tests.web.pages_in_chromium import DESKTOP, PAGES, SMALL_PHONE, looking, prepare

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.system,
    pytest.mark.timeout(300),  # One browser looks at every page.
]

MAX_FIRST_VISIT_BYTES = 60_000
HEADERS_BYTES = 1_000  # More than any answer's have.
SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""


def test_a_first_visit_transfers_less_than_sixty_kilobytes(live_server):
    responses = []
    with chromium() as browser, looking(browser, live_server.url, size=DESKTOP) as page:
        page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - Playwright marks it.
        page.goto("/", wait_until="networkidle")
        transferred = [HEADERS_BYTES + len(as_deployed(one.url, one.body())) for one in responses]

    assert len(transferred) > 3
    assert sum(transferred) < MAX_FIRST_VISIT_BYTES


def as_deployed(url, body):
    """A deployment's static files are compressed, its pages are not; the tests' server compresses nothing."""
    return gzip.compress(body) if "/static/" in url else body


def test_a_page_needs_one_stylesheet_and_asks_no_other_host(operator, live_server):
    names, session = prepare(operator)
    with chromium() as browser, looking(browser, live_server.url, session, size=DESKTOP) as page:
        hosts = set()
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        for name, address in PAGES.items():
            page.goto(address.format(**names))
            if not name.startswith("admin"):
                assert page.locator("link[rel=stylesheet]").count() == 1, name

    assert hosts == {live_server.url.split("/")[2]}


@pytest.mark.parametrize("size", [DESKTOP, SMALL_PHONE], ids=["desktop", "phone"])
def test_nothing_moves_after_a_page_is_there(operator, live_server, size):
    names, session = prepare(operator)
    moved = {}
    with chromium() as browser, looking(browser, live_server.url, session, size=size) as page:
        for name, address in PAGES.items():
            if name.startswith("admin"):
                continue
            page.goto(address.format(**names), wait_until="networkidle")
            shift = page.evaluate(SHIFTS)
            if shift > 0:
                moved[name] = shift

    assert moved == {}
