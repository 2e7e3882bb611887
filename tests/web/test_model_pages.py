"""`/models/`: what is installed, how good it is and why it is trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from predictor.serving import served_models
from tests.packages import JOBLIB_METADATA, write_package
from tests.web.conftest import picture

NEWER = replace(JOBLIB_METADATA, version="1.10.0", title="Tiny digits, newer")


def test_the_list_names_every_model_with_its_accuracy(client, tiny_digits):
    page = client.get("/models/").content.decode()

    assert '<a href="/models/tiny-digits/">Tiny digits</a>' in page
    assert "Verified" in page
    assert "50.00%" in page


def test_the_list_says_when_nothing_is_installed(client, serve):
    assert "No model is installed" in client.get("/models/").content.decode()


def test_a_card_tells_how_good_the_model_is(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert "91.46%" in page
    assert "10,000 unseen pictures" in page
    assert "1.23%" in page
    assert "right where it is sure, which is 87.3% of them" in page
    assert '<th scope="row">7</th><td class="number">90.0%</td><td class="number">80.0%</td>' in page


@pytest.mark.parametrize(
    "content", [b'{"accuracy": 0.5}', b"not json", b"[1]", b"\xff", b'{"data": {"count": "x"}}', b"{}"]
)
def test_a_card_of_another_form_shows_no_figures_and_no_error(client, settings, tiny_digits, content):
    write_package(settings.MODELS_DIR, metadata=NEWER, files={"card/metrics.json": content})
    served_models.cache_clear()

    response = client.get("/models/tiny-digits/")

    assert response.status_code == 200
    assert "Tiny digits, newer" in response.text
    assert "unseen pictures" not in response.text


def test_a_card_tells_why_the_model_is_trusted(client, tiny_digits):
    package = served_models().recognizer().package

    page = client.get("/models/tiny-digits/").content.decode()

    assert f"<code>sha256:{package.digest}</code>" in page
    assert f"<code>{package.signer_fingerprint}</code>" in page
    assert "<dt>Signed by</dt><dd>tests</dd>" in page
    assert "<code>model.pkl.gz</code>" in page
    assert f"<code>sha256:{'00' * 32}</code>" in page


def test_a_card_shows_how_to_call_this_server(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert "-F file=@7.png -F model=tiny-digits http://testserver/api/v1/predict</pre>" in page


def test_a_card_shows_the_active_version_unless_another_is_named(client, serve):
    serve(JOBLIB_METADATA, NEWER)

    active = client.get("/models/tiny-digits/").content.decode()
    older = client.get("/models/tiny-digits/?version=1.2.3").content.decode()

    assert "<h1>Tiny digits, newer</h1>" in active
    assert "<h1>Tiny digits</h1>" in older
    assert '<a href="?version=1.2.3" aria-current="page">1.2.3</a>' in older


def test_a_refused_package_shows_the_reason_and_nothing_of_its_content(client, tiny_digits):
    (tiny_digits / "card" / "metrics.json").write_text("{}")

    page = client.get("/models/tiny-digits/").content.decode()

    assert "Refused" in page
    assert "tiny-digits 1.2.3: digest of card/metrics.json is " in page
    assert "<code>digest_mismatch</code>" in page
    assert "Knows ten random pictures" not in page
    assert client.get("/models/tiny-digits/card/confusion-matrix.png").status_code == 404


@pytest.mark.parametrize("path", ["/models/nobody/", "/models/tiny-digits/?version=9.9.9"])
def test_a_model_that_is_not_installed_has_no_card(client, tiny_digits, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_a_cards_picture_comes_from_the_verified_package(client, tiny_digits):
    client.get("/models/tiny-digits/")
    (tiny_digits / "card" / "confusion-matrix.png").write_bytes(b"changed since")

    response = client.get("/models/tiny-digits/card/confusion-matrix.png")

    assert response.content == picture(60)
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_picture_that_a_browser_has_is_not_sent_again(client, tiny_digits):
    address = "/models/tiny-digits/card/confusion-matrix.png"
    etag = client.get(address)["ETag"]

    response = client.get(address, headers={"If-None-Match": etag})

    assert response.status_code == 304


def test_a_picture_is_kept_for_ever_under_an_address_that_names_its_bytes(client, tiny_digits):
    digest = served_models().recognizer().package.digest
    address = "/models/tiny-digits/card/confusion-matrix.png"

    named = client.get(address, {"digest": f"sha256:{digest}"})

    assert named["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cache-Control" not in client.get(address)
    assert client.get(address, {"digest": "sha256:" + "0" * 64}).status_code == 404


@pytest.mark.parametrize(
    "file", ["metrics.json", "model.pkl.gz", "package.json", "..%2Fpackage.json", "none.png", "A.PNG", ".png"]
)
def test_nothing_but_the_cards_pictures_is_served(client, tiny_digits, file):
    assert client.get(f"/models/tiny-digits/card/{file}").status_code == 404
