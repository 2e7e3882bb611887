"""The same job by Ray Serve, with FastAPI before it as its guide shows it.

MODEL=model.pkl.gz python ray_app.py PORT
"""

import io
import os
import sys
import threading
from typing import Any

import joblib
import numpy as np
import ray
from fastapi import FastAPI, UploadFile
from PIL import Image
from ray import serve

app = FastAPI()


@serve.deployment(num_replicas=2, ray_actor_options={"num_cpus": 0.5}, max_ongoing_requests=16)
@serve.ingress(app)
class Digits:
    """Two replicas."""

    def __init__(self, model_file: str) -> None:
        self.model = joblib.load(model_file)  # noqa: TID251 - what the classic does

    @app.post("/predict")
    async def predict(self, file: UploadFile) -> dict[str, Any]:
        """Answer one uploaded picture."""
        picture = Image.open(io.BytesIO(await file.read())).convert("L").resize((28, 28))
        probabilities = self.model.predict_proba(np.asarray(picture).reshape(1, 784) / 255)[0]
        return {"digit": int(probabilities.argmax()), "probabilities": probabilities.tolist()}


if __name__ == "__main__":
    ray.init(num_cpus=2, include_dashboard=False, logging_level="warning")
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(Digits.bind(os.environ["MODEL"]))
    threading.Event().wait()
