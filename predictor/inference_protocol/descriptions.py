"""What the server and its models say of themselves."""

from __future__ import annotations

from typing import Any

from mnistsite import __version__
from predictor.inference_protocol.infer_request import INPUT
from predictor.inference_protocol.outputs import OUTPUTS
from predictor.inference_protocol.pictures import shapes
from predictor.recognition.recognizer import Recognizer
from predictor.serving import ModelState

SERVER = {
    "name": "mnistsite",
    "version": __version__,
    "extensions": ["binary_tensor_data", "model_repository"],
}

_PLATFORMS = {"onnx": "onnxruntime_onnx", "joblib": "sklearn_joblib"}  # By the format of the package.


def describe_model(recognizer: Recognizer, installed: list[ModelState]) -> dict[str, Any]:
    """The metadata of a model: -1 is a free dimension, the number of pictures.

    Args:
        recognizer: of the model.
        installed: all versions of all models.
    """
    metadata = recognizer.package.metadata
    shape = shapes(recognizer.input_shape)[0]
    return {
        "name": metadata.name,
        "versions": [state.version for state in installed if state.name == metadata.name and state.package],
        "platform": _PLATFORMS[metadata.format],
        "inputs": [{"name": INPUT, "datatype": "UINT8", "shape": [-1, *shape]}],
        "outputs": [
            {
                "name": name,
                "datatype": datatype,
                "shape": [-1, len(metadata.labels)] if name == "predict_proba" else [-1],
            }
            for name, datatype in OUTPUTS.items()
        ],
    }
