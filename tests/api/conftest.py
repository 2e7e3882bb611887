"""What the API's tests share: a tiny model that answers, a picture, and a client that may ask."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.test import Client
from PIL import Image, ImageDraw

from predictor.access import usage
from predictor.serving import served_models
from tests.packages import JOBLIB_METADATA, SIGNING_KEY, public_pem, write_package


@pytest.fixture(scope="session")
def tiny_site(tmp_path_factory):
    """A folder with one tiny signed package, and the key that it is signed with."""
    folder = tmp_path_factory.mktemp("tiny-site")
    (folder / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    write_package(folder / "models")
    return folder


@pytest.fixture(autouse=True)
def tiny_digits(tiny_site, settings):
    """Serve the tiny model and no other."""
    settings.MODELS_DIR = tiny_site / "models"
    settings.MODEL_TRUSTED_KEYS = [str(tiny_site / "tests.pem")]
    settings.DEFAULT_MODEL = "tiny-digits"
    served_models.cache_clear()
    yield
    served_models.cache_clear()


@pytest.fixture(scope="session")
def site_of_two_versions(tmp_path_factory):
    """A folder with versions 1.2.3 and 2.0.0 of the tiny model, and an unsigned 0.9.0."""
    folder = tmp_path_factory.mktemp("two-versions")
    write_package(folder)
    write_package(folder, metadata=replace(JOBLIB_METADATA, version="2.0.0"))
    write_package(folder, metadata=replace(JOBLIB_METADATA, version="0.9.0"), key=None)
    return folder


@pytest.fixture
def two_versions(tiny_digits, site_of_two_versions, settings):
    """Serve these versions."""
    settings.MODELS_DIR = site_of_two_versions
    served_models.cache_clear()
    return site_of_two_versions


@pytest.fixture(scope="session")
def picture():
    """The bytes of a PNG with a seven-like stroke."""
    image = Image.new("L", (60, 60), 255)
    ImageDraw.Draw(image).line([(15, 10), (45, 10), (25, 50)], fill=0, width=5)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


@pytest.fixture
def program(alice_key):
    """A client that sends alice's token with every request."""
    return Client(headers={"Authorization": f"Token {alice_key}"})


@pytest.fixture
def browser(alice):
    """A client that asks for pages, where alice is logged in."""
    client = Client(headers={"Accept": "text/html"})
    client.force_login(alice)
    return client


@pytest.fixture
def counts_in_memory(settings):
    """The use of tokens stays in memory until it is written on purpose."""
    settings.USAGE_FLUSH_SECONDS = 3600
    yield
    if usage._buffer._timer:
        usage._buffer._timer.cancel()
    usage._buffer.forget()
