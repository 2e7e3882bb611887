"""The same job by BentoML.

MODEL=model.pkl.gz bentoml serve bentoml_app:Digits --port PORT
"""

import os
from typing import Any

import bentoml
import joblib
import numpy as np
from PIL.Image import Image


@bentoml.service(workers=2)
class Digits:
    """One service with two workers."""

    def __init__(self) -> None:
        self.model = joblib.load(os.environ["MODEL"])  # noqa: TID251 - what the classic does

    @bentoml.api
    def predict(self, file: Image) -> dict[str, Any]:
        """Answer one uploaded picture."""
        pixels = np.asarray(file.convert("L").resize((28, 28))).reshape(1, 784) / 255
        probabilities = self.model.predict_proba(pixels)[0]
        return {"digit": int(probabilities.argmax()), "probabilities": probabilities.tolist()}
