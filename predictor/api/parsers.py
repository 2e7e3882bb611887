"""How bodies are read: JSON without its leniencies, and pictures as they are.

Their size is limited before, by `RequestSizeMiddleware`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

from predictor.recognition.strict_json import load_object


class JSONParser(parsers.JSONParser):
    """One JSON object. `RequestSizeMiddleware` has limited its length."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Parse the body.

        Raises:
            ParseError: code "invalid_json".
        """
        try:
            return load_object(stream.read())
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise ParseError(f"The body is not valid JSON: see {where}.", "invalid_json") from error
        except ValueError as error:
            raise ParseError(
                "The body must be one JSON object in UTF-8, each key once.", "invalid_json"
            ) from error


class PictureParser(parsers.BaseParser):
    """The body is a picture's bytes. What the client calls them is not looked at; the bytes decide."""

    media_type = "image/*"

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> Any:
        """Read the body."""
        return stream.read()


class BinaryParser(PictureParser):
    """The same for clients that do not know what they send."""

    media_type = "application/octet-stream"
