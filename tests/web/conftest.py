"""What the pages' tests share: models to show, pictures to send, and a browser."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from predictor.serving import served_models
from tests.packages import JOBLIB_METADATA, SIGNING_KEY, public_pem, write_package
from tests.web.hands import tabs

METRICS = {
    "data": {"name": "MNIST", "split": "test", "count": 10000},
    "accuracy": 0.9146,
    "expected_calibration_error": 0.0123,
    "accepted": {"share": 0.873, "accuracy": 0.9712},
    "rejected": {"share": 0.127, "reasons": {"not_a_digit": 70, "unsure": 1200}},
    "latency_ms": 0.456,
    "model_bytes": 78938,
    "classes": [
        {"label": str(digit), "precision": 0.9, "recall": 0.8, "f1": 0.85, "count": 980}
        for digit in range(10)
    ],
    "confusion_matrix": [
        [980 if row == column else 31 if (row, column) == (4, 9) else 0 for column in range(10)]
        for row in range(10)
    ],
    "reliability": [
        {"low": 0.866667, "high": 0.933333, "confidence": 0.9, "accuracy": 0.85, "count": 1000},
        {"low": 0.933333, "high": 1.0, "confidence": 0.98, "accuracy": 0.98, "count": 9000},
    ],
    "trade_off": [
        {"min_confidence": 0.2, "share": 0.99, "accuracy": 0.92},
        {"min_confidence": 0.95, "share": 0.5, "accuracy": 0.9934},
    ],
    "non_digits": {
        "rejected": 0.9375,
        "count": 200,
        "kinds": [
            {"kind": "letters", "rejected": 0.88, "count": 100},
            {"kind": "noise", "rejected": 0.995, "count": 100},
        ],
    },
    "mistakes": [
        {
            "picture": "mistake-01.png",
            "truth": "4",
            "answer": "9",
            "confidence": 0.99991,
            "reason": None,
        },
        {
            "picture": "mistake-02.png",
            "truth": "7",
            "answer": "1",
            "confidence": 0.61,
            "reason": "unsure",
        },
    ],
}


def picture(side: int = 28) -> bytes:
    """A black bar on white paper, as PNG."""
    paper = Image.new("L", (side, side), 255)
    ImageDraw.Draw(paper).line((side * 0.5, side * 0.2, side * 0.5, side * 0.8), fill=0, width=side // 8)
    file = io.BytesIO()
    paper.save(file, "PNG")
    return file.getvalue()


CARD = {
    "card/metrics.json": json.dumps(METRICS).encode(),
    "card/confusion-matrix.png": picture(60),
    "card/reliability.png": picture(80),
    "card/reliability-dark.png": picture(80),
    "card/trade-off.png": picture(40),
    "card/mistake-01.png": picture(28),
    "card/mistake-02.png": picture(28),
}


def uploaded(name: str = "one.png", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, picture() if content is None else content, "image/png")


@pytest.fixture
def staff(client, operator):
    """A client in which the superuser is logged in."""
    client.force_login(operator)
    return client


@pytest.fixture
def serve(settings, tmp_path):
    """Serve packages with this metadata, and no others. Without any, nothing is served."""
    (tmp_path / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    settings.MODELS_DIR = tmp_path / "models"
    settings.MODEL_TRUSTED_KEYS = [str(tmp_path / "tests.pem")]
    settings.DEFAULT_MODEL = "tiny-digits"

    def install(*packages):
        folders = [write_package(settings.MODELS_DIR, metadata=metadata, files=CARD) for metadata in packages]
        served_models.cache_clear()
        return folders

    served_models.cache_clear()
    yield install
    served_models.cache_clear()


@pytest.fixture
def tiny_digits(serve):
    """Serve the tiny model, and it alone; here is its folder."""
    (folder,) = serve(JOBLIB_METADATA)
    return folder


@pytest.fixture
def open_page(one_browser, live_server):
    """Opens the draw page in a new tab, in any profile; it must end without a complaint of the browser's."""
    with tabs(one_browser, live_server.url, "[data-paper]") as open_in:
        yield open_in


@pytest.fixture
def page(open_page):
    """One tab on a desktop."""
    return open_page()
