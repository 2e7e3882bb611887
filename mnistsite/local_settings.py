"""`python -m mnistsite.local_settings`: settings for a site on this machine alone, written once.

Plain HTTP on loopback names, and a secret key of its own. `make run` calls it before Django can start.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from mnistsite.env import LOCAL_SETTINGS
from mnistsite.private_files import write_private_file

_TEMPLATE = """\
# Settings of the site on this machine; the environment wins over them. docs/settings.md explains each.
SECRET_KEY={secret_key}
ALLOWED_HOSTS=localhost,127.0.0.1,[::1]
HTTPS=false
"""


def write_local_settings(path: Path) -> bool:
    """Write the settings file, readable by its owner alone; an existing one stays as it is.

    Returns:
        Whether a file was written. An interrupted run leaves none, or a whole one.
    """
    if path.exists():
        return False
    write_private_file(path, _TEMPLATE.format(secret_key=secrets.token_urlsafe(50)))
    return True


if __name__ == "__main__":
    write_local_settings(LOCAL_SETTINGS)
