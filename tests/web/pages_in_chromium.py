"""Every page in a real Chromium: who looks, where, and on which screen; for tests and for pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from predictor.access.tokens import issue_token, note_use
from predictor.feedback.rows import Feedback
from tests.conftest import EXAMPLE_SEVEN

DESKTOP = {"width": 1280, "height": 900}
SMALL_PHONE = {"width": 360, "height": 740}
SMALLEST_PHONE = {"width": 320, "height": 568}

# Pages that a link leads to, by the name of their picture; {token} and {feedback} stand for one of each.
PAGES = {
    "draw": "/",
    "upload": "/upload/",
    "models": "/models/",
    "card": "/models/mnist-cnn/",
    "compare": "/compare/",
    "tokens": "/tokens/",
    "token-revoke": "/tokens/{token}/revoke/",
    "token-rotate": "/tokens/{token}/rotate/",
    "api": "/api/v1/",
    "api-docs": "/api/docs/",
    "not-found": "/no/such/page/",
    "admin": "/admin/",
    "admin-versions": "/admin/predictor/modelactivation/",
    "admin-feedback": "/admin/predictor/feedback/",
    "admin-feedback-one": "/admin/predictor/feedback/{feedback}/change/",
    "admin-tokens": "/admin/predictor/apitoken/",
    "admin-usage": "/admin/predictor/tokenusage/",
}
# Pages that answer a form, by the page of the form; see `answer_form`.
ANSWERS = ("upload", "compare", "tokens")


def prepare(operator: Any) -> tuple[dict[str, str], str]:
    """Give the operator something to see; returns the names in addresses, and the session's key."""
    issue_token(operator, name="nightly batch")
    _key, used = issue_token(operator, name="lab laptop")
    note_use(used)
    feedback = Feedback.objects.create(
        picture=EXAMPLE_SEVEN.read_bytes(),
        model_name="mnist-cnn",
        model_version="1.0.0",
        answer="7",
        confidence=0.98,
        accepted=True,
        correct_label="7",
    )
    client = Client()
    client.force_login(operator)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"token": used.public_id, "feedback": str(feedback.pk)}, session


@contextmanager
def looking(
    browser: Browser, server: str, session: str | None = None, *, size: dict[str, int], **context: Any
) -> Iterator[Page]:
    """A tab of that size in which the owner of the session, or a stranger, looks."""
    tab = browser.new_context(base_url=server, viewport=size, **context)  # type: ignore[arg-type]
    if session:
        tab.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
    try:
        yield tab.new_page()
    finally:
        tab.close()


def answer_form(page: Page, name: str) -> None:
    """Fill in and send the form of a page that is open, and wait for what it answers."""
    if name == "tokens":
        page.fill("#id_name", "phone app")
        page.click("#new [type=submit]")
        page.wait_for_selector("#key")
    elif name == "compare":
        page.set_input_files("#id_image", EXAMPLE_SEVEN)
        page.wait_for_selector("#answers")
    else:
        page.set_input_files("#id_images", EXAMPLE_SEVEN)
        page.wait_for_selector("[data-rows] .tag")
