"""The calls of the REST API, as methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from mnistsite_client.answers import Prediction, Refusal, read_item
from mnistsite_client.batches import Batch, in_batches
from mnistsite_client.errors import APIError, NotReached
from mnistsite_client.multipart import encode_form
from mnistsite_client.retrying import RetryPolicy
from mnistsite_client.transport import Transport

Picture = str | Path | bytes
Outcome = Prediction | Refusal
Answer = TypeVar("Answer")

PREDICT = "/api/v1/predict"
REQUEST_ENTITY_TOO_LARGE = 413


class Client:
    """One site, asked with one token.

    Every method raises `APIError` where the API refuses, and `NotReached` where no answer comes. Where the
    site is busy, both come only after waiting as `Retry-After` asks and asking again.
    """

    def __init__(
        self,
        host: str,
        key: str,
        *,
        model: str | None = None,
        timeout_s: float = 60.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        """Know the site.

        Args:
            host: such as `https://digits.example` or `http://127.0.0.1:8000`.
            key: a token's key, `mns_...`.
            model: which one to ask, `NAME` or `NAME@VERSION`; None is the site's default.
            timeout_s: how long one attempt may keep silent.
            retry: how patient to be.

        Raises:
            ValueError: the host is no address, or the key is none.
        """
        self._transport = Transport(host, key, timeout_s, retry or RetryPolicy())
        self._fields = {"model": model} if model else {}

    def predict(self, picture: Picture, *, explain: bool = False) -> Prediction:
        """Ask for one picture, a file's path or its bytes.

        Args:
            picture: the file.
            explain: whether to ask what decided, too.
        """
        fields = self._fields | ({"explain": "true"} if explain else {})
        answer = self._post(PREDICT, [_named(picture)], fields)
        return _read(Prediction.from_answer, answer)

    def predict_batch(self, pictures: Sequence[Picture]) -> list[Outcome]:
        """Ask for 1 to 64 pictures in one request; one outcome each, in their order."""
        return self._ask_batch([_named(picture) for picture in pictures])

    def predict_many(self, paths: Iterable[str | Path]) -> Iterator[tuple[str, Outcome]]:
        """Ask for any number of files, as many at a time as fit; yields path and outcome, in their order.

        A file that cannot be read, or that fits into no request, is a `Refusal` like one of the API's.
        """
        for batch in in_batches(paths):
            outcomes = batch.unsent | dict(zip(batch.positions, self._ask_patiently(batch), strict=True))
            yield from ((batch.paths[position], outcomes[position]) for position in range(len(batch.paths)))

    def models(self) -> list[dict[str, Any]]:
        """The active version of each installed model, as docs/api.md has it."""
        models: list[dict[str, Any]] = _read(
            lambda answer: answer["models"], self._transport.ask("/api/v1/models")
        )
        return models

    def _post(
        self, path: str, files: Sequence[tuple[str, bytes]], fields: Mapping[str, str]
    ) -> dict[str, Any]:
        content_type, body = encode_form(files, fields)
        return self._transport.ask(path, body, content_type)

    def _ask_batch(self, files: Sequence[tuple[str, bytes]]) -> list[Outcome]:
        answer = self._post(f"{PREDICT}/batch", files, self._fields)
        outcomes = _read(lambda answer: [read_item(item) for item in answer["items"]], answer)
        if len(outcomes) != len(files):
            raise NotReached("The answer has another number of items than the request had files.")
        return outcomes

    def _ask_patiently(self, batch: Batch) -> list[Outcome]:
        return self._ask_in_parts(batch.files) if batch.files else []

    def _ask_in_parts(self, files: Sequence[tuple[str, bytes]]) -> list[Outcome]:
        """Ask for a batch: in halves where a proxy takes less, and again for what was left over."""
        try:
            outcomes = self._ask_batch(files)
        except APIError as error:
            if error.status != REQUEST_ENTITY_TOO_LARGE:
                raise
            if len(files) == 1:
                return [Refusal(error.code, error.message)]
            middle = len(files) // 2
            return self._ask_in_parts(files[:middle]) + self._ask_in_parts(files[middle:])
        looked_at = [not _is_left_over(outcome) for outcome in outcomes]
        if all(looked_at) or not any(looked_at):
            return outcomes
        # The site takes them in order and looks for ten seconds, so what is left over stands at the end.
        done = looked_at.index(False)
        return outcomes[:done] + self._ask_in_parts(files[done:])


def _is_left_over(outcome: Outcome) -> bool:
    return isinstance(outcome, Refusal) and outcome.code == "not_looked_at"


def _named(picture: Picture) -> tuple[str, bytes]:
    if isinstance(picture, bytes):
        return "picture", picture
    path = Path(picture)
    return path.name, path.read_bytes()


def _read(read: Callable[[dict[str, Any]], Answer], answer: dict[str, Any]) -> Answer:
    try:
        return read(answer)
    except (KeyError, TypeError) as error:
        raise NotReached("The answer is not of the API's form: is this the site's address?") from error
