"""`/models/`: what is installed, how good it is and why it is trusted."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from predictor.serving import served_models
from tests.packages import JOBLIB_METADATA, ONNX_METADATA, write_package
from tests.web.conftest import CARD, METRICS, picture

CLOTHES = replace(
    ONNX_METADATA,
    name="tiny-clothes",
    title="Tiny clothes",
    description="Clothes.",
    preprocessing="plain-28x28",
)
NEWER = replace(JOBLIB_METADATA, version="1.10.0", title="Tiny digits, newer")


def test_the_list_names_every_model_with_its_accuracy(client, tiny_digits):
    page = client.get("/models/").content.decode()

    assert '<a href="/models/tiny-digits/" lang="en" dir="auto">Tiny digits</a>' in page
    assert "Verified" in page
    assert "50.00%" in page


def test_the_list_has_the_key_figures_of_every_model(client, serve):
    serve(
        replace(
            JOBLIB_METADATA,
            metrics={
                "accuracy": 0.9146,
                "expected_calibration_error": 0.0123,
                "accepted_share": 0.873,
                "accepted_accuracy": 0.9712,
            },
        )
    )

    page = client.get("/models/").content.decode()

    assert "<dt>Sure of</dt><dd>87.3%, 97.12% of them right</dd>" in page
    assert "<dt>Calibration error</dt><dd>1.23%</dd>" in page
    assert "<dt>Non-digits rejected</dt><dd>93.8%</dd>" in page
    assert "<dt>CPU time a picture</dt><dd>0.46 ms</dd>" in page
    assert "<dt>Model file</dt><dd>" in page


def test_the_list_says_when_nothing_is_installed(client, serve):
    assert "No model is installed" in client.get("/models/").content.decode()


def test_a_card_tells_how_good_the_model_is(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert "91.46%" in page
    assert "10,000 unseen pictures" in page
    assert "1.23%" in page
    assert "right where it is sure, which is 87.3% of them" in page
    assert '<th scope="row">7</th><td class="number">90.0%</td><td class="number">80.0%</td>' in page


def test_a_card_tells_size_speed_and_limits(client, tiny_digits):
    size = len(served_models().recognizer().package.files["model.pkl.gz"])

    page = client.get("/models/tiny-digits/").content.decode()

    assert "0.46 ms" in page
    assert f"{size / 1024:.1f}\xa0KB" in page
    assert '<h2 id="limits-title">What it is not for</h2>' in page
    assert "Knows no other picture." in page


def test_a_card_tells_whether_its_confidence_can_be_believed(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert "confidence and truth are 1.23% apart" in page
    assert '<th scope="row">87% to 93%</th><td class="number">90.0%</td><td class="number">85.0%</td>' in page
    assert '<th scope="row">95.00%</th><td class="number">50.00%</td><td class="number">99.34%</td>' in page


def test_a_card_of_a_model_that_knows_strangers_says_so(client, serve):
    serve(replace(JOBLIB_METADATA, max_outlier=0.4))

    page = client.get("/models/tiny-digits/").content.decode()

    assert "nor where the picture seems to show none of its labels" in page
    assert "Above an outlier score of 0.4 it says" in page


def test_a_card_tells_what_is_rejected_and_why(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert (
        "Of the 10,000 test pictures it rejects 12.70%: 70 because it took them for no digit, "
        "1,200 because it was not sure enough." in page
    )
    assert "Shown 200 drawn pictures of what is no digit, it rejects 93.8%." in page
    assert '<th scope="row">letters</th><td class="number">88%</td>' in page


def test_a_plot_says_its_finding_in_words(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert "The most frequent mistake: 4 taken for 9, 31 times." in page
    assert (
        "Reliability diagram: confidence and accuracy are 1.23 percentage points apart on average. Most of "
        "that comes from the 1,000 answers with a confidence of 87% to 93%, 85.0% of which are right." in page
    )
    assert (
        "Trade-off curve: answering every picture, 91.46% are right; by its own rule the model answers "
        "87.30%, and 97.12% of those are right." in page
    )


def test_a_plot_has_a_twin_for_dark_pages_where_the_package_has_one(client, tiny_digits):
    digest = f"sha256%3A{served_models().recognizer().package.digest}"
    address = "/models/tiny-digits/card/{}?version=1.2.3&amp;digest=" + digest

    page = client.get("/models/tiny-digits/").content.decode()

    dark = '<source data-scheme="dark" srcset="{}" media="(prefers-color-scheme: dark)">'
    assert dark.format(address.format("reliability-dark.png")) in page
    assert f'<img src="{address.format("reliability.png")}" width="40" height="40"' in page
    assert dark.format(address.format("trade-off.png")) in page


def test_a_card_shows_the_most_confident_mistakes(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert "card/mistake-01.png" in page
    assert "<strong>4</strong> taken for <strong>9</strong>" in page
    assert "&gt; 99.9% sure</span>" in page
    assert "61.0% sure, rejected</span>" in page


def test_a_mistake_without_its_picture_is_left_out(client, serve, settings):
    files = {name: content for name, content in CARD.items() if name != "card/mistake-02.png"}
    write_package(settings.MODELS_DIR, files=files)

    page = client.get("/models/tiny-digits/").content.decode()

    assert "<strong>4</strong> taken for" in page
    assert "<strong>7</strong> taken for" not in page


def test_an_older_card_shows_what_it_has(client, serve, settings):
    known = ("data", "accuracy", "expected_calibration_error", "accepted", "classes", "confusion_matrix")
    older = json.dumps({name: METRICS[name] for name in known}).encode()
    write_package(settings.MODELS_DIR, files={"card/metrics.json": older})

    page = client.get("/models/tiny-digits/").content.decode()

    assert "91.46%" in page
    assert '<th scope="row">7</th>' in page
    for title in ("What it rejects", "Its most confident mistakes", "Reliability as a table"):
        assert title not in page


def test_a_picture_that_a_publisher_added_is_shown_with_its_name(client, serve, settings):
    write_package(settings.MODELS_DIR, files={**CARD, "card/learning-curve.png": picture(60)})

    assert "<figcaption>Learning curve</figcaption>" in client.get("/models/tiny-digits/").text


def test_the_headings_of_a_card_are_in_order(client, tiny_digits):
    page = client.get("/models/tiny-digits/").content.decode()

    assert re.findall(r"<h(\d)", page) == ["1"] + ["2"] * 8


def test_a_card_of_other_things_speaks_of_no_digit(client, serve, settings):
    labels = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Bag", "Boot", "Hat")
    classes = [{**each, "label": label} for each, label in zip(METRICS["classes"], labels, strict=True)]
    card = {**METRICS, "classes": classes, "non_digits": None, "rejected": {"share": 0.1, "reasons": {}}}
    metadata = replace(CLOTHES, labels=labels)
    write_package(
        settings.MODELS_DIR, metadata=metadata, files={"card/metrics.json": json.dumps(card).encode()}
    )

    page = client.get("/models/tiny-clothes/").content.decode()

    assert "<dt>Labels</dt><dd>T-shirt/top, Trouser, Pullover" in page
    assert "-F file=@picture.png -F model=tiny-clothes" in page
    assert "digit" not in page.split("<main")[1].split("</main>")[0]


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

    assert '<h1 lang="en" dir="auto">Tiny digits, newer</h1>' in active
    assert '<h1 lang="en" dir="auto">Tiny digits</h1>' in older
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
