"""The same job by LitServe.

MODEL=model.pkl.gz python litserve_app.py PORT
"""

import os
import sys
from typing import Any

import joblib
import litserve
import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from PIL import Image


class Digits(litserve.LitAPI):
    """Its three steps."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - LitServe's signature
        """Load the model, once in each worker."""
        self.model = joblib.load(os.environ["MODEL"])  # noqa: TID251 - what the classic does

    def decode_request(self, request: Request) -> NDArray[np.float64]:
        """The pixels of the uploaded picture."""
        picture = Image.open(request["file"].file).convert("L").resize((28, 28))
        return np.asarray(picture).reshape(1, 784) / 255

    def predict(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities."""
        return self.model.predict_proba(x)[0]

    def encode_response(self, output: NDArray[np.float64]) -> dict[str, Any]:
        """The answer."""
        return {"digit": int(output.argmax()), "probabilities": output.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Digits(), accelerator="cpu", workers_per_device=2)
    server.run(port=int(sys.argv[1]), generate_client_file=False, log_level="warning")
