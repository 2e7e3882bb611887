"""The browsable API in a real browser, under its real policy: upload, read the answer, revoke."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from predictor.access.tokens import issue_token
from predictor.models import APIToken
from tests.people import PASSWORD
from tests.web.hands import tabs

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(one_browser, live_server, alice):
    """The API's first page, on which alice has logged in."""
    login = f"{live_server.url}/accounts/login/?next=/api/v1/"
    with tabs(one_browser, login, "[name=password]") as open_in:
        page = open_in()
        page.locator("[name=username]").fill("alice")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main [type=submit]").click()
        expect(page.locator("h1")).to_have_text("API")
        yield page


def test_a_picture_is_uploaded_and_answered(page, live_server, picture):
    page.goto(f"{live_server.url}/api/v1/predict")
    page.locator("[name=file]").set_input_files({"name": "7.png", "mimeType": "image/png", "buffer": picture})

    page.locator("main form button").click()

    expect(page.locator("main pre").first).to_contain_text('"digit":')


def test_a_token_is_revoked_by_its_button(page, live_server, alice):
    _, token = issue_token(alice, name="laptop")
    page.goto(f"{live_server.url}/api/v1/tokens/{token.public_id}")

    page.locator("form[data-method=DELETE] button").click()

    expect(page.locator("main")).to_contain_text("204 No Content")
    assert APIToken.objects.get().state == "revoked"
