"""The classic recipe: Flask, a pickled scikit-learn model, Pillow. No token, no limits.

MODEL=model.pkl.gz gunicorn --workers 2 flask_app:app
"""

import os

import joblib
import numpy as np
from flask import Flask, jsonify, request
from PIL import Image

app = Flask(__name__)
model = joblib.load(os.environ["MODEL"])  # noqa: TID251 - what the classic does


@app.post("/predict")
def predict():  # noqa: ANN201 - Flask takes many things
    """Answer one uploaded picture."""
    picture = Image.open(request.files["file"]).convert("L").resize((28, 28))
    pixels = np.asarray(picture).reshape(1, 784) / 255
    probabilities = model.predict_proba(pixels)[0]
    return jsonify(digit=int(probabilities.argmax()), probabilities=probabilities.tolist())
