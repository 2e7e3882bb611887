"""`make check`: Django's checks under production settings, and no missing migration."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile

COMMANDS = [
    ["check", "--deploy", "--fail-level", "WARNING"],
    ["makemigrations", "--check", "--dry-run"],
]


def main() -> int:
    """Run each command as an operator would, with nothing set but what production must set."""
    with tempfile.TemporaryDirectory() as var_dir:
        environment = os.environ | {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "digits.example",
            "VAR_DIR": var_dir,
        }
        for name in ("HTTPS", "DEBUG", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        codes = [
            subprocess.run([sys.executable, "manage.py", *command], env=environment, check=False).returncode  # noqa: S603
            for command in COMMANDS
        ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
