"""One file over HTTPS, up to a size, with the digest that it must have."""

from __future__ import annotations

import hashlib
import http.client
import re
import urllib.request
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit

from predictor.fetching.errors import FetchError

TIMEOUT_SECONDS = 30.0  # Without a byte.
_CHUNK_BYTES = 1024 * 1024
_DIGEST = re.compile(r"sha256=([0-9a-f]{64})")


def download(address: str, to: IO[bytes], max_bytes: int) -> None:
    """Fetch a file.

    Args:
        address: `https://...`, with `#sha256=HEX` after it where the content is known beforehand.
        to: an open file to write to.
        max_bytes: the most that it may have.

    Raises:
        FetchError: the address is no such one, the server cannot be reached or does not answer 200, its
            certificate is not trusted, the file is too large, or it has another digest.
    """
    url, wanted = _parse(address)
    try:
        # A redirect is followed to HTTPS alone; certificates are checked.
        with urllib.request.build_opener(_HTTPSOnly).open(url, timeout=TIMEOUT_SECONDS) as response:
            found = _copy(response, to, max_bytes)
    except HTTPError as error:
        error.close()
        raise FetchError(f"{_plain(url)} cannot be fetched: {error}.") from error
    except (URLError, http.client.HTTPException, OSError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise FetchError(f"{_plain(url)} cannot be fetched: {reason}.") from error
    except _TooLarge as error:
        raise FetchError(f"{_plain(url)} has more than {max_bytes} bytes.") from error
    if wanted and found != wanted:
        raise FetchError(f"{_plain(url)} has the SHA-256 {found}, not {wanted}.")


class _TooLarge(Exception):
    """More came than may."""


class _HTTPSOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> urllib.request.Request | None:
        *_, new_url = args
        return super().redirect_request(*args) if urlsplit(new_url).scheme == "https" else None


def _parse(address: str) -> tuple[str, str]:
    url, fragment = urldefrag(address)
    digest = _DIGEST.fullmatch(fragment)
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise FetchError(f"{_plain(url)}: an address is https://HOST/PATH, without a user.")
    if fragment and not digest:
        raise FetchError(f"{_plain(url)}: after # stands sha256= and 64 lower-case hex digits, or nothing.")
    return url, digest[1] if digest else ""


def _copy(response: http.client.HTTPResponse, to: IO[bytes], max_bytes: int) -> str:
    digest, size = hashlib.sha256(), 0
    while chunk := response.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise _TooLarge
        digest.update(chunk)
        to.write(chunk)
    if response.length:  # What the server said is still to come.
        raise http.client.IncompleteRead(b"", response.length)
    return digest.hexdigest()


def _plain(url: str) -> str:
    """An address without what may be a secret in it: its query, a user and a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
