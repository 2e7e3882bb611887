"""Tiny real packages: a classifier fitted in milliseconds, packed, described and signed like any other."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import onnxruntime
import sklearn
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import SGDClassifier

from predictor.recognition.model_package import TrustedKey, TrustPolicy, sign_package
from predictor.recognition.package_metadata import InputForm, PackageMetadata, to_json

SIGNING_KEY = generate_private_key(SECP256R1())
OTHER_KEY = generate_private_key(SECP256R1())

JOBLIB_METADATA = PackageMetadata(
    name="tiny-digits",
    version="1.2.3",
    title="Tiny digits",
    description="Knows ten random pictures by heart.",
    limits="Knows no other picture.",
    created=datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
    expires=None,
    format="joblib",
    model_file="model.pkl.gz",
    labels=tuple("0123456789"),
    input=InputForm((784,)),
    preprocessing="mnist-ink",
    frameworks={"scikit-learn": sklearn.__version__},
    data=({"name": "random", "split": "train", "sha256": "00" * 32, "count": 10},),
    metrics={"accuracy": 0.5},
    temperature=1.0,
    min_confidence=0.5,
    max_outlier=1.0,
    licence="MIT",
)
ONNX_METADATA = replace(
    JOBLIB_METADATA,
    format="onnx",
    model_file="model.onnx",
    input=InputForm((1, 28, 28)),
    frameworks={"onnxruntime": onnxruntime.__version__},
)


def policy(
    *keys: EllipticCurvePrivateKey, patterns: tuple[str, ...] = ("*",), revoked: frozenset[str] = frozenset()
) -> TrustPolicy:
    """Trust the test key, or these, for models of these names."""
    trusted = [
        TrustedKey(f"key-{number}", key.public_key(), patterns)
        for number, key in enumerate(keys or (SIGNING_KEY,), start=1)
    ]
    return TrustPolicy(tuple(trusted), revoked)


def public_pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def memorable_pictures() -> np.ndarray:
    """One random picture for each digit, (10, 1, 28, 28), which the tiny classifiers have learnt."""
    return np.random.default_rng(0).random((10, 1, 28, 28), np.float32)


@cache
def tiny_classifier(loss: str = "hinge") -> SGDClassifier:
    classifier = SGDClassifier(loss=loss, random_state=0, max_iter=1000)
    return classifier.fit(memorable_pictures().reshape(10, 784), [str(digit) for digit in range(10)])


def packed(model: Any) -> bytes:
    """The content of `model.pkl.gz`."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return gzip.compress(buffer.getvalue(), mtime=0)


@cache
def packed_classifier() -> bytes:
    return packed(tiny_classifier())


class Marking:
    """A working classifier whose pickle leaves a mark on disk when it is unpickled, as an attack would."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return leave_mark, (str(self.mark), tiny_classifier())


def leave_mark(mark: str, classifier: SGDClassifier) -> SGDClassifier:
    Path(mark).touch()
    return classifier


def onnx_model(
    *,
    output: str = "logits",
    shape: tuple[int, ...] = (1, 28, 28),
    batch: str | int = "n",
    weights: TensorProto | None = None,
) -> bytes:
    """The content of `model.onnx`: the tiny classifier as flatten and matrix product."""
    if weights is None:
        weights = numpy_helper.from_array(tiny_classifier().coef_.T.astype(np.float32), "weights")
    nodes = [
        helper.make_node("Flatten", ["pictures"], ["rows"]),
        helper.make_node("MatMul", ["rows", "weights"], ["scores"]),
        helper.make_node("Softmax" if output == "probabilities" else "Identity", ["scores"], [output]),
    ]
    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, [batch, *shape])
    scores = helper.make_tensor_value_info(output, TensorProto.FLOAT, [batch, 10])
    graph = helper.make_graph(nodes, "tiny", [pictures], [scores], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8  # Of opset 17's time.
    return model.SerializeToString()


def write_package(
    models_dir: Path,
    *,
    metadata: PackageMetadata = JOBLIB_METADATA,
    model: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    key: EllipticCurvePrivateKey | None = SIGNING_KEY,
) -> Path:
    """Write `models_dir/NAME/VERSION`, signed unless `key` is None."""
    folder = models_dir / metadata.name / metadata.version
    if model is None:
        model = packed_classifier() if metadata.format == "joblib" else onnx_model()
    contents = {
        "package.json": to_json(metadata),
        metadata.model_file: model,
        "card/metrics.json": b'{"accuracy": 0.5}\n',
        **(files or {}),
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if key is not None:
        sign_package(folder, key)
    return folder


def bundle_over(payload: bytes, key: EllipticCurvePrivateKey = SIGNING_KEY) -> bytes:
    """A bundle with a good P-256 signature over any payload, written without the code under test."""
    payload_type = b"application/vnd.in-toto+json"
    signed = b"DSSEv1 28 %s %d %s" % (payload_type, len(payload), payload)
    hint = hashlib.sha256(public_pem(key)).hexdigest()
    signature = base64.b64encode(key.sign(signed, ECDSA(SHA256()))).decode()
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": hint}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type.decode(),
            "signatures": [{"sig": signature, "keyid": ""}],
        },
    }
    return json.dumps(bundle).encode()
