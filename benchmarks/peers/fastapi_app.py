"""The same job by FastAPI, asynchronous and typed as its tutorial shows it.

MODEL=model.pkl.gz uvicorn --workers 2 fastapi_app:app
"""

import io
import os

import joblib
import numpy as np
from fastapi import FastAPI, UploadFile
from PIL import Image
from pydantic import BaseModel

app = FastAPI()
model = joblib.load(os.environ["MODEL"])  # noqa: TID251 - what the classic does


class Answer(BaseModel):
    """What comes back."""

    digit: int
    probabilities: list[float]


@app.post("/predict")
async def predict(file: UploadFile) -> Answer:
    """Answer one uploaded picture."""
    picture = Image.open(io.BytesIO(await file.read())).convert("L").resize((28, 28))
    pixels = np.asarray(picture).reshape(1, 784) / 255
    probabilities = model.predict_proba(pixels)[0]
    return Answer(digit=int(probabilities.argmax()), probabilities=probabilities.tolist())
