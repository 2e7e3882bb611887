"""Why somebody's word is not kept."""

from __future__ import annotations

from http import HTTPStatus

OFF = "feedback_off"
FULL = "feedback_full"
UNKNOWN_LABEL = "unknown_label"
UNKNOWN_RECEIPT = "unknown_receipt"

STATUS = {
    OFF: HTTPStatus.FORBIDDEN,
    FULL: HTTPStatus.CONFLICT,
    UNKNOWN_LABEL: HTTPStatus.BAD_REQUEST,
    UNKNOWN_RECEIPT: HTTPStatus.NOT_FOUND,
}


class FeedbackRefused(Exception):
    """Nothing was kept or changed.

    Attributes:
        code: a key of `STATUS`.
        message: says why, for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
