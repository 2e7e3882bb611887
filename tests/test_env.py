"""Settings from the environment: files for secrets, and sentences for mistakes."""

from __future__ import annotations

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from mnistsite.env import Environment
from mnistsite.local_settings import write_local_settings


@pytest.fixture
def read(monkeypatch):
    """Read one variable from an environment that holds just what the test gives."""

    def read(scheme, **variables):
        environment = Environment(VALUE=scheme)
        environment.ENVIRON = type(Environment.ENVIRON)(env=variables)
        return environment("VALUE")

    return read


@pytest.mark.parametrize(("raw", "value"), [("true", True), ("1", True), ("Off", False), ("", False)])
def test_a_boolean_is_read_from_its_usual_words(read, raw, value):
    assert read((bool, True), VALUE=raw) is value


@pytest.mark.parametrize(("cast", "raw"), [(bool, "flase"), (int, "five")])
def test_a_value_that_does_not_fit_stops_the_start_and_names_the_variable(read, cast, raw):
    with pytest.raises(ImproperlyConfigured, match=f"VALUE.*{raw}"):
        read((cast, cast()), VALUE=raw)


def test_a_missing_required_variable_stops_the_start(read):
    with pytest.raises(ImproperlyConfigured, match="VALUE"):
        read((str, Environment.NOTSET))


def test_a_mounted_secret_is_read_without_its_line_break(read, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")

    assert read((str, ""), VALUE="direct", VALUE_FILE=str(tmp_path / "secret")) == "from a file"


def test_a_mounted_secret_that_is_missing_stops_the_start(read, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="VALUE_FILE"):
        read((str, ""), VALUE_FILE=str(tmp_path / "missing"))


def test_local_settings_are_written_once_and_readable_by_their_owner_alone(tmp_path):
    path = tmp_path / "var" / "settings.env"

    first, second = write_local_settings(path), write_local_settings(path)

    assert (first, second) == (True, False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["settings.env"]
    assert "HTTPS=false" in path.read_text()
