"""The browsable API in a real browser, under its real policy: upload, read the answer, revoke."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By

from predictor.access.tokens import issue_token
from predictor.models import APIToken
from tests.people import PASSWORD
from tests.web.browser import chromium, complaints, wait

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def driver():
    with chromium() as driver:
        yield driver


@pytest.fixture
def logged_in(driver, live_server, alice):
    """A browser on the API's first page, in which alice has logged in."""
    driver.delete_all_cookies()
    driver.get(f"{live_server}/accounts/login/?next=/api/v1/")
    driver.find_element(By.NAME, "username").send_keys("alice")
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, "main button[type=submit]").click()
    wait(driver, lambda driver: driver.title.startswith("API"))
    return driver


def test_a_picture_is_uploaded_and_answered(logged_in, live_server, picture, tmp_path):
    (tmp_path / "7.png").write_bytes(picture)
    logged_in.get(f"{live_server}/api/v1/predict")
    logged_in.find_element(By.NAME, "file").send_keys(str(tmp_path / "7.png"))

    logged_in.find_element(By.CSS_SELECTOR, "main form button").click()

    wait(logged_in, lambda driver: '"digit":' in driver.page_source)
    assert complaints(logged_in) == []


def test_a_token_is_revoked_by_its_button(logged_in, live_server, alice):
    _, token = issue_token(alice, name="laptop")
    logged_in.get(f"{live_server}/api/v1/tokens/{token.public_id}")

    logged_in.find_element(By.CSS_SELECTOR, "form[data-method=DELETE] button").click()

    wait(logged_in, lambda driver: "204 No Content" in driver.page_source)
    assert APIToken.objects.get().state == "revoked"
    assert complaints(logged_in) == []
