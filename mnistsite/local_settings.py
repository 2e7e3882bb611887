"""`python -m mnistsite.local_settings`: settings for a site on this machine alone, written once.

Plain HTTP on loopback names, and a secret key of its own. `make run` calls it before Django can start.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from mnistsite.env import LOCAL_SETTINGS

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
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # The database will lie here, too.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(_TEMPLATE.format(secret_key=secrets.token_urlsafe(50)))
    unfinished.replace(path)
    return True


if __name__ == "__main__":
    write_local_settings(LOCAL_SETTINGS)
