"""`manage.py create_signing_key`."""

from __future__ import annotations

import stat

import pytest
from django.core.management import CommandError, call_command

from predictor.recognition.signature import public_key_fingerprint
from predictor.recognition.signing_keys import load_private_key, load_public_key


def test_both_halves_are_written_where_signing_and_serving_look(settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    settings.SIGNING_KEY = tmp_path / "signing" / "signing-key.pem"

    call_command("create_signing_key")

    private = load_private_key((tmp_path / "signing" / "signing-key.pem").read_bytes())
    public = load_public_key((tmp_path / "trusted_keys" / "signing-key.pem").read_bytes())
    assert private.public_key() == public
    assert public_key_fingerprint(public) in capsys.readouterr().out


def test_nobody_else_can_read_the_private_key(tmp_path):
    private = tmp_path / "secret" / "key.pem"

    call_command("create_signing_key", "--private", str(private), "--public", str(tmp_path / "public.pem"))

    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700


def test_the_private_key_is_not_printed(tmp_path, capsys):
    private = tmp_path / "key.pem"

    call_command("create_signing_key", "--private", str(private), "--public", str(tmp_path / "public.pem"))

    printed = capsys.readouterr()
    assert private.read_text().splitlines()[1] not in printed.out + printed.err


@pytest.mark.parametrize("existing", ["key.pem", "public.pem"])
def test_an_existing_file_is_never_overwritten(tmp_path, existing):
    (tmp_path / existing).write_text("precious")

    with pytest.raises(CommandError, match="exists"):
        call_command(
            *("create_signing_key", "--private", str(tmp_path / "key.pem")),
            *("--public", str(tmp_path / "public.pem")),
        )

    assert (tmp_path / existing).read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            *("create_signing_key", "--private", str(tmp_path / "file" / "key.pem")),
            *("--public", str(tmp_path / "public.pem")),
        )
