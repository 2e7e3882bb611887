"""Forms with files, as RFC 7578 has them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence


def encode_form(files: Sequence[tuple[str, bytes]], fields: Mapping[str, str]) -> tuple[str, bytes]:
    """Encode a form whose files are all called `file`.

    Args:
        files: name and content of each.
        fields: the other fields.

    Returns:
        The content type and the body.
    """
    boundary = secrets.token_hex(16)  # Random, so that no file can hold it.
    parts = [(f'form-data; name="{_quoted(name)}"', value.encode()) for name, value in fields.items()]
    parts += [(f'form-data; name="file"; filename="{_quoted(name)}"', content) for name, content in files]
    lines = [
        f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
        for disposition, content in parts
    ]
    return f"multipart/form-data; boundary={boundary}", b"".join(lines) + f"--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """Escape what would end the quotes or the line, as browsers do."""
    encoded = text.encode(errors="replace").decode()
    return encoded.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
