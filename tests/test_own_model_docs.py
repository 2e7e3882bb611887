"""docs/model-packages.md, "Your own model", followed word for word: fit, package, verify, serve, ask.

The commands run inside this process: `.venv/bin/python manage.py NAME ...` as `call_command`, `curl` as a
request of Django's test client. What they print is compared with the page.
"""

from __future__ import annotations

import re
import runpy
import shlex
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image

from predictor.serving import served_models
from tests.training.own_models import brightest_plane
from tests.web.conftest import picture, uploaded

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "model-packages.md").read_text()
PYTHON = ".venv/bin/python"


def section(title: str) -> str:
    """What stands under a heading, its smaller headings included."""
    level = re.search(rf"^(#+) {re.escape(title)}$", PAGE, re.MULTILINE)
    rest = PAGE[level.end() :]
    end = re.search(rf"^#{{2,{len(level[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    lines = "".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines]


def parted(line: str) -> tuple[str, list[float]]:
    """A line without its numbers, and these: another processor may round otherwise."""
    number = r"\d+(?:\.\d+)?"
    return re.sub(number, "#", line), [float(found) for found in re.findall(number, line)]


class Shell:
    """Runs the page's commands, in the current folder."""

    def __init__(self, key: str) -> None:
        self.printed = ""
        self.answers: list[dict] = []
        self.key = key

    def run(self, command: list[str]) -> None:
        match command:
            case [program, "-m", "pip", "install", *options] if program == PYTHON:
                assert (ROOT / options[-1]).is_file()  # Tests have installed it.
            case [program, "manage.py", name, *arguments] if program == PYTHON:
                out = StringIO()
                served_models.cache_clear()
                call_command(name, *arguments, stdout=out)
                self.printed += out.getvalue()
            case [program, script] if program == PYTHON:
                runpy.run_path(script)
            case ["curl", "-H", header, *fields, address]:
                self.post(header.replace("$KEY", self.key), fields[1::2], address)
            case _:
                pytest.fail(f"The page has a command that is not known here: {shlex.join(command)}")

    def post(self, header: str, fields: list[str], address: str) -> None:
        served_models.cache_clear()  # A new start.
        form = dict(field.split("=", 1) for field in fields)
        form["file"] = uploaded(content=Path(form["file"].removeprefix("@")).read_bytes())
        name, _, value = header.partition(": ")
        response = Client(headers={name: value}).post(address.removeprefix("http://127.0.0.1:8000"), form)
        assert response.status_code == 200, response.content
        self.answers.append(response.json())


@pytest.fixture
def shell(tmp_path, monkeypatch, settings, alice_key):
    """A shell in a folder where nothing is, of a site that serves nothing yet."""
    monkeypatch.chdir(tmp_path)
    settings.VAR_DIR = tmp_path / "var"
    settings.SIGNING_KEY = tmp_path / "var" / "signing" / "signing-key.pem"
    settings.MODELS_DIR = tmp_path / "models"
    settings.MODEL_TRUSTED_KEYS = [str(tmp_path / "var" / "trusted_keys")]
    yield Shell(alice_key)
    served_models.cache_clear()


def followed(shell: Shell) -> str:
    """Follow the section up to the first of its smaller headings, and return what was followed."""
    steps = section("Your own model").split("\n### ")[0]
    (script,) = blocks(steps, "python")
    Path("fit_digits.py").write_text(script)
    for command in commands(steps):
        shell.run(command)
    return steps


@pytest.fixture
def served(shell, settings):
    """The page has been followed, and its model is the default."""
    followed(shell)
    settings.DEFAULT_MODEL = "digits-8x8"
    served_models.cache_clear()
    return shell


def test_the_walk_through_leads_from_fitting_to_a_served_answer(shell):
    steps = followed(shell)

    (answer,) = shell.answers
    assert (answer["label"], answer["digit"]) == ("7", 7)
    assert answer["model"] == {"name": "digits-8x8", "version": "1.0.0"}
    printed = dict(map(parted, shell.printed.splitlines()))
    shown = [parted(line) for block in blocks(steps, "text") for line in block.splitlines()]
    assert len(shown) == 7
    for words, numbers in shown:
        assert printed[words] == pytest.approx(numbers, rel=0.05, abs=0.03)


def test_pages_show_the_walk_throughs_model_and_its_answers(served, client):
    card = client.get("/models/digits-8x8/").content.decode()
    drawn = client.post("/", {"image": uploaded(content=Path("seven.png").read_bytes())}).content.decode()
    sent = client.post("/upload/", {"images": [uploaded(content=picture())]})

    assert "98." in card
    assert "confusion-matrix.png" in card
    assert 'alt="Confusion matrix' in card
    assert 'href="/models/digits-8x8/">digits-8x8 1.0.0</a>' in drawn
    assert sent.status_code == 200
    assert "1 answer" in sent.content.decode()


# The model of pictures in colour


@pytest.fixture
def colours(shell, settings):
    """The page's ONNX example has been followed, and its model is the default."""
    Path("colours.onnx").write_bytes(brightest_plane(side=32))
    for label, rgb in {"red": (250, 20, 20), "green": (20, 250, 20), "blue": (20, 20, 250)}.items():
        Path("test-pictures", label).mkdir(parents=True)
        Image.new("RGB", (40, 30), rgb).save(Path("test-pictures", label, "1.png"))
    for command in commands(section("An ONNX model of pictures in colour")):
        shell.run(command)
    settings.DEFAULT_MODEL = "colours"
    served_models.cache_clear()
    return shell


def test_the_example_in_colour_becomes_a_package_with_a_card(colours):
    metadata = served_models().recognizer().package.metadata

    assert metadata.labels == ("red", "green", "blue")
    assert metadata.metrics["accuracy"] == 1
    assert metadata.data[0]["name"] == "test-pictures"


def test_a_model_of_no_digits_is_answered_without_one(colours, client):
    red = Path("test-pictures", "red", "1.png").read_bytes()

    by_page = client.post(
        "/", {"image": uploaded(content=red)}, headers={"Accept": "application/json"}
    ).json()
    by_api = Client(headers={"Authorization": f"Token {colours.key}"}).post(
        "/api/v1/predict", red, content_type="image/png"
    )
    colours.run([PYTHON, "manage.py", "predict", "test-pictures/red/1.png"])

    assert by_page["label"] == by_api.json()["label"] == "red"
    assert "digit" not in by_page
    assert "digit" not in by_api.json()
    assert list(by_api.json()["probabilities"]) == ["red", "green", "blue"]
    assert colours.printed.endswith("test-pictures/red/1.png: red  100.0%\n")


def test_pages_say_nothing_of_digits_to_a_model_of_something_else(colours, client):
    pages = [client.get(address).content.decode() for address in ("/", "/upload/", "/models/colours/")]

    assert [re.findall(r"[^<>]*\bdigit[^<>]*", page, re.IGNORECASE) for page in pages] == [[], [], []]


def test_the_page_shows_the_picture_in_colour_as_the_model_saw_it(colours, client):
    red = Path("test-pictures", "red", "1.png").read_bytes()

    page = client.post("/", {"image": uploaded(content=red)}).content.decode()

    assert 'src="data:image/png;base64,' in page
    seen = served_models().recognizer().model_input(red)
    assert seen.shape == (3, 32, 32)
    np.testing.assert_allclose(seen[:, 0, 0], np.array([250, 20, 20]) / 255, rtol=1e-6)


def test_a_package_without_figures_has_a_page_without_figures(shell, client, settings):
    Path("colours.onnx").write_bytes(brightest_plane(side=32))
    command = commands(section("An ONNX model of pictures in colour"))[0]
    shell.run(command[: command.index("--evaluation-data")])
    settings.DEFAULT_MODEL = "colours"
    served_models.cache_clear()

    cards = [client.get(address) for address in ("/models/", "/models/colours/", "/api/v1/models/colours")]

    assert [card.status_code for card in cards] == [200, 200, 200]
    assert cards[2].json()["metrics"] == {}
    assert "unseen pictures" not in cards[1].content.decode()
    assert "Why it is trusted" in cards[1].content.decode()
