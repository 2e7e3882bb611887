"""Libraries that talk of what a recipe has long settled."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Without the advice that PyTorch's exporter and onnxruntime's quantiser give everybody.

    Such as that torchvision is not installed, or that the model should be prepared first: the export has
    folded and named everything. What goes wrong they raise.
    """
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logging.disable(logging.NOTSET)
