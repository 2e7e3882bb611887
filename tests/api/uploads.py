"""A picture as a client sends it."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile


def as_file(content: bytes, name: str = "7.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def as_json(content: bytes, **fields: Any) -> str:
    return json.dumps({"image": base64.b64encode(content).decode(), **fields})


def post_json(client: Any, path: str, body: Any) -> Any:
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(path, text, content_type="application/json")
