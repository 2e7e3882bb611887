"""Every page of the site in each of its states, as a real Chromium shows it; for tests and for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import numpy as np
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from predictor.access.tokens import issue_token, note_use, revoke_token
from predictor.count_models import TokenUsage
from predictor.feedback.rows import Feedback
from predictor.pages import models as model_pages
from tests.digit_rows import digit_row
from tests.drawings import STYLES, make_drawing, paint, png_bytes
from tests.people import PASSWORD
from tests.web.hands import SEVEN, hand, part

DESKTOP = {"width": 1280, "height": 900}
SMALL_PHONE = {"width": 360, "height": 740}
SMALLEST_PHONE = {"width": 320, "height": 568}

OPERATOR, NEWCOMER, STRANGER, LOCKED = "operator", "newcomer", "stranger", "locked"
LETTER_W = [(0.1, 0.2), (0.3, 0.8), (0.5, 0.3), (0.7, 0.8), (0.9, 0.2)]
LARGE = {"name": "scan.bmp", "mimeType": "image/bmp", "buffer": b"BM" + bytes(9_000_000)}


def look(_page: Page) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture's worth of the site.

    Attributes:
        address: where it begins; `{token}` and `{feedback}` stand for one of each.
        act: what somebody does there, until the page has answered.
        who: OPERATOR, a superuser with tokens; NEWCOMER, who has none; STRANGER, who has not logged in.
    """

    address: str
    act: Callable[[Page], object] = look
    who: str = OPERATOR

    @property
    def acts(self) -> bool:
        """Whether anything is done there."""
        return self.act is not look


def files(*digits: int) -> list[dict[str, Any]]:
    """Drawn digits as files to choose."""
    return [
        {"name": f"page-{place}.png", "mimeType": "image/png", "buffer": drawn(digit, place)}
        for place, digit in enumerate(digits, 1)
    ]


def drawn(digit: int, seed: int) -> bytes:
    """A digit that somebody drew, as PNG."""
    return png_bytes(paint(make_drawing(digit, STYLES["black-on-white"], np.random.default_rng(seed))))


def text_file() -> dict[str, Any]:
    """What somebody chose by mistake."""
    return {"name": "notes.txt", "mimeType": "image/png", "buffer": b"not a picture"}


def draw(page: Page, stroke: Any = None) -> None:
    """Draw a stroke, and wait for its answer. Without one: a seven."""
    part(page, "paper").scroll_into_view_if_needed()
    hand(page).draw("mouse", stroke or SEVEN)
    expect(part(page, "model-input")).to_be_visible()
    page.wait_for_timeout(300)  # The bars move in Chromium's own part of the page, where no script can watch.


def draw_and_explain(page: Page) -> None:
    """A seven, and what of it decided."""
    page.locator("[name=explain]").check()
    draw(page)
    expect(part(page, "decided")).to_be_visible()


def draw_and_confirm(page: Page) -> None:
    """A seven, with a word on it."""
    draw(page)
    page.get_by_role("button", name="7", exact=True).click()
    expect(part(page, "feedback-take-back")).to_be_visible()


def draw_without_network(page: Page) -> None:
    """A seven that cannot be sent."""
    page.context.set_offline(True)
    hand(page).draw("mouse", SEVEN)
    expect(part(page, "problem")).to_be_visible()


def choose_no_picture(page: Page) -> None:
    """A file that is no picture."""
    page.set_input_files("#id_image", [text_file()])
    expect(part(page, "problem")).to_be_visible()


def upload_some(page: Page) -> None:
    """Three digits, something that is none, and a file that is no picture."""
    blot = np.full((200, 200), 255, np.uint8)
    blot[60:140, 60:140] = np.random.default_rng(3).integers(0, 2, (80, 80)) * 255
    unsure = {"name": "blot.png", "mimeType": "image/png", "buffer": png_bytes(Image.fromarray(blot))}
    page.set_input_files("#id_images", [*files(4, 7, 1), unsure, text_file()])
    expect(part(page, "progress-text")).to_contain_text("5")


def upload_a_row(page: Page) -> None:
    """One picture with four digits."""
    page.locator("[name=several]").check()
    row = png_bytes(Image.fromarray(digit_row([2, 0, 2, 6], np.random.default_rng(1))))
    page.set_input_files("#id_images", [{"name": "year.png", "mimeType": "image/png", "buffer": row}])
    expect(page.locator("[data-rows] .thumbnail--boxed")).to_be_visible()


def compare(page: Page) -> None:
    """Two models on one picture."""
    page.set_input_files("#id_image", files(7))
    page.wait_for_selector("#answers")


def make_token(page: Page) -> None:
    """A token with its key."""
    page.fill("#id_name", "phone app")
    page.click("#new [type=submit]")
    page.wait_for_selector("#key")


def make_no_token(page: Page) -> None:
    """A token without a name."""
    page.fill("#id_name", "   ")
    page.click("#new [type=submit]")
    page.wait_for_selector(".problem")


def ask_in_the_browsable_api(page: Page) -> None:
    """An answer of the API, as its own page shows it."""
    page.set_input_files("[name=file]", files(7))
    page.click("main form [type=submit]")
    page.wait_for_selector("#answer-title")


def log_in_wrongly(page: Page) -> None:
    """A wrong password, with a name that has not tried too often."""
    log_in(page, "somebody", "wrong")
    page.wait_for_selector(".problem")


def log_in(page: Page, name: str, password: str) -> None:
    """Fill in the form, and send it."""
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("main [type=submit]")


def log_in_too_often(page: Page) -> None:
    """One password more, of somebody who is locked out."""
    log_in(page, LOCKED, "wrong")
    page.wait_for_selector(".error-page")


def send_an_old_form(page: Page) -> None:
    """A form from before the cookies were deleted."""
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    page.click("main [type=submit]")
    page.wait_for_selector(".error-page")


def send_too_much(page: Page) -> None:
    """A file that is larger than any request may be."""
    page.set_input_files("#id_image", [LARGE])
    page.evaluate("document.querySelector('main form').submit()")  # Without the script, which asks first.
    page.wait_for_selector(".error-page")


def meet_a_mistake(page: Page) -> None:
    """A page that fails by a mistake of ours."""
    with patch.object(model_pages, "render", side_effect=RuntimeError):
        page.goto("/models/")


def add_a_token_in_the_admin(page: Page) -> None:
    """A token that staff make for somebody."""
    page.select_option("#id_owner", label=NEWCOMER)
    page.fill("#id_name", "till in the shop")
    page.click("[name=_save]")
    page.wait_for_selector("#content pre")


def verify_a_version(page: Page) -> None:
    """A package that is sound."""
    page.get_by_role("button", name="Verify mnist-cnn").first.click()
    page.wait_for_selector(".messagelist")


def label_feedback(page: Page) -> None:
    """Some pictures ticked, and an action chosen for them."""
    for box in page.locator("[name=_selected_action]").all()[:3]:
        box.check()
    page.select_option("[name=action]", label="Keep, with the label beside")
    page.fill("[name=label]", "4")


SCENES = {
    "draw": Scene("/", who=STRANGER),
    "draw-answer": Scene("/", draw, STRANGER),
    "draw-unsure": Scene("/", lambda page: draw(page, LETTER_W), STRANGER),
    "draw-explained": Scene("/", draw_and_explain, STRANGER),
    "draw-feedback": Scene("/", draw_and_confirm, STRANGER),
    "draw-offline": Scene("/", draw_without_network, STRANGER),
    "draw-problem": Scene("/", choose_no_picture, STRANGER),
    "upload": Scene("/upload/", who=STRANGER),
    "upload-answers": Scene("/upload/", upload_some, STRANGER),
    "upload-several": Scene("/upload/", upload_a_row, STRANGER),
    "models": Scene("/models/"),
    "card": Scene("/models/mnist-cnn/"),
    "compare": Scene("/compare/"),
    "compare-answers": Scene("/compare/", compare),
    "tokens": Scene("/tokens/"),
    "tokens-none": Scene("/tokens/", who=NEWCOMER),
    "token-made": Scene("/tokens/", make_token),
    "token-refused": Scene("/tokens/", make_no_token),
    "token-revoke": Scene("/tokens/{token}/revoke/"),
    "token-rotate": Scene("/tokens/{token}/rotate/"),
    "api": Scene("/api/v1/"),
    "api-predict": Scene("/api/v1/predict"),
    "api-answer": Scene("/api/v1/predict", ask_in_the_browsable_api),
    "api-models": Scene("/api/v1/models"),
    "api-token": Scene("/api/v1/tokens/{token}"),
    "api-docs": Scene("/api/docs/"),
    "login": Scene("/accounts/login/", who=STRANGER),
    "login-wrong": Scene("/accounts/login/", log_in_wrongly, STRANGER),
    "error-403": Scene("/compare/", send_an_old_form, STRANGER),
    "error-404": Scene("/no/such/page/", who=STRANGER),
    "error-413": Scene("/", send_too_much, STRANGER),
    "error-429": Scene("/accounts/login/", log_in_too_often, STRANGER),
    "error-500": Scene("/", meet_a_mistake, STRANGER),
    "admin-login": Scene("/admin/login/", who=STRANGER),
    "admin": Scene("/admin/"),
    "admin-versions": Scene("/admin/predictor/modelactivation/"),
    "admin-version-verified": Scene("/admin/predictor/modelactivation/", verify_a_version),
    "admin-feedback": Scene("/admin/predictor/feedback/"),
    "admin-feedback-label": Scene("/admin/predictor/feedback/", label_feedback),
    "admin-feedback-one": Scene("/admin/predictor/feedback/{feedback}/change/"),
    "admin-tokens": Scene("/admin/predictor/apitoken/"),
    "admin-token": Scene("/admin/predictor/apitoken/{token_row}/change/"),
    "admin-token-limits": Scene("/admin/predictor/apitoken/{token_row}/limits/"),
    "admin-token-new": Scene("/admin/predictor/apitoken/add/"),
    "admin-token-key": Scene("/admin/predictor/apitoken/add/", add_a_token_in_the_admin),
    "admin-usage": Scene("/admin/predictor/tokenusage/"),
    "admin-audit": Scene("/admin/predictor/auditentry/"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where scenes play: a server whose database has something to show."""

    server: str
    names: dict[str, str]
    sessions: dict[str, str]

    @contextmanager
    def show(
        self,
        browser: Browser,
        name: str,
        *,
        size: dict[str, int],
        on_request: Callable[[Request], object] = lambda _request: None,
        **context: Any,
    ) -> Iterator[Page]:
        """Play a scene on a screen of that size."""
        scene = SCENES[name]
        with looking(browser, self.server, self.sessions.get(scene.who), size=size, **context) as page:
            page.on("request", on_request)
            page.goto(scene.address.format(**self.names))
            scene.act(page)
            page.wait_for_load_state("networkidle")
            yield page


def set_stage(server: str, operator: Any) -> Stage:
    """Give the operator something to see."""
    newcomer = get_user_model().objects.create_user(NEWCOMER, password=PASSWORD)
    soon = datetime.now(UTC) + timedelta(days=5)
    issue_token(operator, name="nightly batch", expires_at=soon)
    _key, old = issue_token(operator, name="old script")
    revoke_token(old)
    scopes = ("predict", "feedback")
    _key, used = issue_token(operator, name="lab laptop", scopes=scopes, model_names=["mnist-cnn"])
    note_use(used)
    _count_use(used)
    feedback = _keep_feedback()
    _lock_out()
    names = {"token": used.public_id, "token_row": str(used.pk), "feedback": str(feedback.pk)}
    return Stage(server, names, {person.username: _session(person) for person in (operator, newcomer)})


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


def _count_use(token: Any) -> None:
    random = np.random.default_rng(5)
    today = datetime.now(UTC).date()
    TokenUsage.objects.bulk_create(
        TokenUsage(token=token, day=today - timedelta(days=ago), outcome=outcome, count=count)
        for ago in range(30)
        for outcome, most in (("accepted", 240), ("unsure", 30), ("bad_picture", 12), ("limited", 20))
        if (count := int(random.integers(0, most))) > most // 8
    )


def _keep_feedback() -> Feedback:
    said = [(7, "7"), (4, "9"), (1, "1"), (3, "3"), (5, "6"), (8, "8"), (9, "9"), (2, "")]
    rows = Feedback.objects.bulk_create(
        Feedback(
            picture=drawn(digit, place),
            model_name="mnist-cnn",
            model_version="1.0.0",
            answer=str(digit),
            confidence=0.99 - place * 0.04,
            accepted=place < 6,
            correct_label=label,
        )
        for place, (digit, label) in enumerate(said)
    )
    return rows[0]


def _lock_out() -> None:
    AccessAttempt.objects.create(
        username=LOCKED,
        ip_address="127.0.0.1",
        attempt_time=timezone.now(),
        failures_since_start=settings.AXES_FAILURE_LIMIT,
    )


def _session(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
