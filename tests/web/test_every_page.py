"""What holds on every page: its frame, labelled controls, and no code or style inside the markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from predictor.access.tokens import issue_token
from tests.people import PASSWORD
from tests.web.conftest import uploaded

PATHS = [
    "/",
    "/upload/",
    "/models/",
    "/models/tiny-digits/",
    "/tokens/",
    "/api/docs/",
    "/tokens/ID/revoke/",
    "/tokens/ID/rotate/",
    "/accounts/login/",
    "/no/such/page/",
]

pytestmark = pytest.mark.usefixtures("tiny_digits")


class Markup(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(params=PATHS)
def page(request, client, alice):
    """The text of each page in turn; alice is logged in except where she would log in."""
    if request.param != "/accounts/login/":
        client.force_login(alice)
        _, token = issue_token(alice, name="laptop")
        return client.get(request.param.replace("ID", token.public_id)).content.decode()
    return client.get(request.param).content.decode()


@pytest.fixture
def markup(page):
    return Markup(page)


def test_a_page_has_one_title_one_heading_and_its_landmarks(page, markup):
    title = re.search(r"<title>(.+)</title>", page)[1]

    assert title.endswith(" · mnistsite")
    for landmark in ("h1", "header", "main", "footer"):
        assert len(markup.all(landmark)) == 1, landmark
    assert markup.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert {"class": "skip-link", "href": "#main"} in markup.all("a")


def test_a_page_holds_no_code_and_no_style_of_its_own(page, markup):
    scripts = [script for script in markup.all("script") if script.get("type") != "application/json"]
    handlers = [name for _, attributes in markup.tags for name in attributes if name.startswith("on")]

    assert all(script.get("src", "").startswith("/static/predictor/") for script in scripts)
    assert handlers == []
    assert markup.all("style") == []
    assert not any("style" in attributes for _, attributes in markup.tags)


def test_a_page_asks_nothing_of_other_servers(markup):
    addresses = [
        attributes.get(name) or ""
        for _, attributes in markup.tags
        for name in ("src", "href", "action", "formaction")
    ]

    assert [address for address in addresses if re.match(r"(https?:)?//", address)] == []


def test_every_control_has_a_label_and_every_id_is_unique(page, markup):
    ids = [attributes["id"] for _, attributes in markup.tags if "id" in attributes]
    labelled = {label.get("for") for label in markup.all("label")}
    unlabelled = [
        control
        for control in markup.all("input", "select", "textarea")
        if control.get("type") not in ("hidden", "radio") and control.get("id") not in labelled
    ]

    assert sorted(ids) == sorted(set(ids))
    assert unlabelled == []


def test_every_picture_has_a_text_in_its_place(markup):
    assert all("alt" in image for image in markup.all("img"))


def test_a_stranger_is_offered_the_log_in_and_nothing_private(client):
    page = client.get("/").content.decode()

    assert 'href="/accounts/login/"' in page
    assert 'href="/tokens/"' not in page
    assert "Administration" not in page


def test_a_person_is_offered_their_tokens_and_the_way_out(client, alice):
    client.force_login(alice)

    page = client.get("/").content.decode()

    assert 'href="/tokens/"' in page
    assert '<form class="account" action="/accounts/logout/" method="post">' in page
    assert "Administration" not in page


def test_staff_are_offered_the_administration(client, operator):
    client.force_login(operator)

    assert '<a href="/admin/">Administration</a>' in client.get("/").content.decode()


def test_logging_in_leads_back_to_the_page_that_asked(client, alice):
    response = client.post("/accounts/login/?next=/tokens/", {"username": "alice", "password": PASSWORD})

    assert response["Location"] == "/tokens/"


def test_a_wrong_password_is_told_without_naming_what_was_wrong(client, alice):
    response = client.post("/accounts/login/", {"username": "alice", "password": "wrong"})

    assert 'role="alert"' in response.content.decode()
    assert "Please enter a correct username and password." in response.content.decode()


def test_too_many_wrong_passwords_lock_the_log_in(client, alice):
    for _ in range(5):
        response = client.post("/accounts/login/", {"username": "alice", "password": "wrong"})

    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "<h1>Too many attempts</h1>" in response.content.decode()


def test_logging_out_leads_to_the_first_page(client, alice):
    client.force_login(alice)

    response = client.post("/accounts/logout/")

    assert response["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_a_server_error_has_a_page_that_needs_neither_session_nor_database(client, monkeypatch):
    def broken(*_args):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("predictor.pages.draw.page_answer", broken)
    client.raise_request_exception = False

    response = client.post("/", {"image": uploaded()})

    page = response.content.decode()
    assert response.status_code == 500
    assert "<h1>Something broke on our side</h1>" in page
    assert response["X-Request-ID"] in page
    assert "a secret of the inside" not in page
    assert "Log in" not in page
