"""Every error that recognition raises on purpose.

Two families: an `ImageError` is the caller's to mend, a `PackageRejected` the operator's. Both carry a stable
`code` for programs and a message for people; HTTP statuses live at the edge.
"""

from __future__ import annotations


class RecognitionError(Exception):
    """Base of both families.

    Attributes:
        code: stable, lower_snake_case; part of the API's contract.
        message: one sentence for a person; names what was found and the way out.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ImageError(RecognitionError):
    """The picture cannot be recognised; sending another one helps."""


class InvalidImage(ImageError):
    """The bytes are no whole picture. Codes: `empty_file`, `damaged_image`."""


class UnsupportedImage(ImageError):
    """The bytes are in no format that is decoded here. Code: `unsupported_format`."""


class ImageTooLarge(ImageError):
    """The picture exceeds a limit. Codes: `file_too_large`, `too_many_pixels`."""


class NothingDrawn(ImageError):
    """The picture is sound but shows no ink. Code: `nothing_drawn`."""


class TooManyDigits(ImageError):
    """The picture shows more digits than are read at once. Code: `too_many_digits`."""


class NotLookedAt(ImageError):
    """Its turn did not come: the pictures sent before it took too long. Code: `not_looked_at`."""


class PackageRejected(RecognitionError):
    """A model package was refused.

    By verification, before anything of it is interpreted; or by the loader, as it does not do what it says.
    """


class SigningKeyError(RecognitionError):
    """A key file holds no key that packages are signed with. Code: `key_invalid`."""
