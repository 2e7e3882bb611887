"""How much a first visit transfers, and that nothing moves once it is there."""

from __future__ import annotations

import gzip

import pytest

from tests.web.hands import chromium
from tests.web.scenes import DESKTOP, SCENES, SMALL_PHONE, looking, set_stage

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
    stage = set_stage(live_server.url, operator)
    hosts, sheets = set(), {}
    with chromium() as browser:
        for name in first_views():
            with stage.show(browser, name, size=DESKTOP, on_request=lambda one: hosts.add(host(one))) as page:
                sheets[name] = page.locator("link[rel=stylesheet]").count()

    assert {name: count for name, count in sheets.items() if count != 1} == {}
    assert hosts == {live_server.url.split("/")[2]}


def host(request):
    return request.url.split("/")[2]


def first_views():
    """Pages of ours that a link leads to. The administration brings Django's stylesheets."""
    return [name for name, scene in SCENES.items() if not name.startswith("admin") and not scene.acts]


@pytest.mark.parametrize("size", [DESKTOP, SMALL_PHONE], ids=["desktop", "phone"])
def test_nothing_moves_after_a_page_is_there(operator, live_server, size):
    stage = set_stage(live_server.url, operator)
    moved = {}
    with chromium() as browser:
        for name in first_views():
            with stage.show(browser, name, size=size) as page:
                shift = page.evaluate(SHIFTS)
                if shift > 0:
                    moved[name] = shift

    assert moved == {}
