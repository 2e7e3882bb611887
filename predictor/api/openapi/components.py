"""The forms of the API's answers, as JSON Schema."""

from __future__ import annotations

from predictor.access.scopes import SCOPES
from predictor.api.openapi.forms import (
    COUNT,
    MOMENT,
    SHARE,
    STRING,
    URI,
    Schema,
    array,
    described,
    nullable,
    record,
    ref,
)
from predictor.api.openapi.version_forms import ACTIVATION, FOLLOWED
from predictor.recognition.recognizer import NONE_OF_THE_LABELS, NOT_A_DIGIT, UNSURE

MODEL_NAME = record({"name": STRING, "version": STRING}, description="The model that answered.")
REASON = {
    "enum": [UNSURE, NOT_A_DIGIT, NONE_OF_THE_LABELS, None],
    "description": "Why the model does not stand by its answer; null where it does.",
}
EXPLANATION = record(
    {
        "label": STRING,
        "method": STRING,
        "map": described(
            array(array({"type": "number", "minimum": -1, "maximum": 1})),
            "Rows over what the model saw; above 0 speaks for the label, below 0 against it.",
        ),
    }
)
_PREDICTION = {
    "label": described(STRING, "The most probable label."),
    "confidence": described(SHARE, "Its calibrated probability."),
    "accepted": {"type": "boolean", "description": "Whether the model stands by its answer."},
    "reason": REASON,
    "probabilities": {
        "type": "object",
        "additionalProperties": SHARE,
        "description": "Of every label.",
    },
    "model": MODEL_NAME,
}
_DIGIT = {
    "digit": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9,
        "description": "The label as a number, where every label of the model is a digit.",
    }
}
_REQUEST_ID = {"request_id": described(STRING, "The same as in the header X-Request-ID.")}
_TOKEN = {
    "id": described(STRING, "Names the token; it is no secret."),
    "name": STRING,
    "scopes": array({"enum": list(SCOPES)}),
    "models": described(array(STRING), "The models that it may ask; empty is all."),
    "rate_limit": described(
        nullable({"type": "integer", "minimum": 1}), "Pictures a minute; null is any number."
    ),
    "state": {"enum": ["usable", "expired", "revoked"]},
    "created": MOMENT,
    "expires": nullable(MOMENT),
    "last_used": described(nullable(MOMENT), "Right to the minute."),
    "revoked": nullable(MOMENT),
    "successor": described(nullable(STRING), "The id of the token that replaced it, if it was rotated."),
    "url": URI,
}
_VERSION = {
    "name": STRING,
    "version": STRING,
    "active": {"type": "boolean", "description": "Whether it answers where no version is named."},
    "ready": {"type": "boolean", "description": "Whether it answers: its package verified, and it is on."},
    "url": URI,
    "predict_url": URI,
}
_CARD = {
    "title": STRING,
    "description": STRING,
    "limits": described(STRING, "What the model must not be used for."),
    "created": MOMENT,
    "expires": nullable(MOMENT),
    "format": {"enum": ["joblib", "onnx"]},
    "labels": array(STRING),
    "input": record(
        {
            "shape": array(COUNT),
            "dtype": STRING,
            "range": array({"type": "number"}, minItems=2, maxItems=2),
        }
    ),
    "preprocessing": STRING,
    "frameworks": {"type": "object", "additionalProperties": STRING},
    "data": described(array({"type": "object"}), "What it was trained on, with digests."),
    "metrics": {"type": "object", "additionalProperties": {"type": "number"}},
    "calibration": record({"temperature": {"type": "number"}}),
    "rejection_rule": record({"min_confidence": {"type": "number"}, "max_outlier": {"type": "number"}}),
    "licence": STRING,
    "signature": record(
        {"signer": STRING, "key_fingerprint": STRING, "digest": STRING, "verified_at": MOMENT},
        description="Who signed the package, and when this server verified it.",
    ),
    "files": {"type": "object", "additionalProperties": COUNT, "description": "Name and size in bytes."},
    "size": record({"model_bytes": COUNT, "package_bytes": COUNT}),
    "card": described(nullable({"type": "object"}), "The figures of the model's page."),
    "rejection": described(
        nullable(record({"code": STRING, "message": STRING})), "Why the package was refused, if it was."
    ),
}
_ROLES = described(array(STRING), "What it does now: active, canary 10 %, shadow; often nothing.")
_VERSIONS = {
    "versions": array(
        record({name: _VERSION[name] for name in ("version", "active", "ready", "url")} | {"roles": _ROLES}),
        description="All installed versions of the model.",
    )
}

COMPONENTS: dict[str, Schema] = {
    "Error": record(
        {
            "error": record(
                {
                    "code": described(STRING, "For programs; it stays."),
                    "message": described(STRING, "For people; it may change."),
                    "request_id": STRING,
                }
            )
        },
        description="The one form of every failure.",
    ),
    "Prediction": record(_PREDICTION | _REQUEST_ID, _DIGIT | {"explanation": EXPLANATION}),
    "BatchItem": record({"file": STRING} | _PREDICTION, _DIGIT, description="The answer for one file."),
    "BatchRefusal": record(
        {"file": STRING, "error": record({"code": STRING, "message": STRING})},
        description="Why one file has no answer.",
    ),
    "Batch": record(
        {
            "model": MODEL_NAME,
            "items": array(
                {"anyOf": [ref("BatchItem"), ref("BatchRefusal")]},
                minItems=1,
                maxItems=64,
                description="One for each file, in their order.",
            ),
        }
        | _REQUEST_ID
    ),
    "ReadDigit": record(
        {
            "box": record(
                {"left": SHARE, "top": SHARE, "width": SHARE, "height": SHARE},
                description="Where it stands, in shares of the upright picture.",
            ),
            "line": described(COUNT, "0 for the top line of digits."),
        }
        | {name: form for name, form in _PREDICTION.items() if name != "model"},
        _DIGIT,
        description="The answer for one digit.",
    ),
    "Reading": record(
        {
            "text": described(STRING, "The labels in their order; ? for what shows none of them."),
            "digits": array(ref("ReadDigit"), minItems=1, maxItems=64),
            "model": MODEL_NAME,
        }
        | _REQUEST_ID
    ),
    "Feedback": record(
        {
            "label": described(STRING, "What the picture was said to show; empty for none of the labels."),
            "answer": described(STRING, "What the model takes it for."),
            "right": {"type": "boolean", "description": "Whether the two are the same."},
            "model": MODEL_NAME,
        }
        | _REQUEST_ID,
        description="What was kept.",
    ),
    "Model": record(_VERSION, _CARD, description="One version of a model: its card, or why it was refused."),
    "ModelAndVersions": record(_VERSION | _VERSIONS, _CARD),
    "ModelList": record({"models": array(ref("Model"))}),
    "Activation": record(ACTIVATION, description="What is wanted of a model; workers follow within seconds."),
    "ModelVersions": record(ACTIVATION | FOLLOWED),
    "Token": record(_TOKEN, description="A token as its owner may see it: all but its key."),
    "TokenList": record({"tokens": array(ref("Token"))}),
    "NewToken": record({"key": described(STRING, "Shown here and never again.")} | _TOKEN),
    "Root": record({}, additionalProperties=URI, description="The addresses of version 1, by name."),
}
