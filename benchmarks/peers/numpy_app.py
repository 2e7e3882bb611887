"""The lower bound: the classic's job with nothing around it. No framework, no check; a bad picture is a 500.

MODEL names an .npz file with the weights of the linear model: `weights` (10, 784) and `bias` (10,).
"""

import io
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from PIL import Image

with np.load(os.environ["MODEL"]) as model:
    weights, bias = model["weights"], model["bias"]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Cut the file out of the body, decode it, multiply."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start = body.index(b"\r\n\r\n") + 4
    picture = Image.open(io.BytesIO(body[start : body.rindex(b"\r\n--")]), formats=["PNG"])
    pixels = np.asarray(picture.convert("L")).reshape(784) / 255
    shares = 1 / (1 + np.exp(-(weights @ pixels + bias)))
    answer = {"digit": int(shares.argmax()), "probabilities": (shares / shares.sum()).tolist()}
    data = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]
