"""The forms of the answers about a model's versions."""

from __future__ import annotations

from predictor.api.openapi.forms import COUNT, MOMENT, STRING, Schema, array, described, nullable, record

_PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_ROLE: Schema = {"enum": ["active", "canary", "shadow"]}

ACTIVATION: dict[str, Schema] = {
    "name": STRING,
    "active": described(nullable(STRING), "Null is the highest installed version."),
    "switched_off": described({"type": "boolean"}, "Whether the model answers nothing for now."),
    "previous": described(nullable(STRING), "Where a rollback leads."),
    "canary": nullable(record({"version": STRING, "percent": _PERCENT})),
    "shadow": nullable(record({"version": STRING})),
}
_PROBLEM = record({"name": STRING, "version": STRING, "role": _ROLE, "code": STRING, "message": STRING})
_WORKER = record(
    {
        "worker": described(STRING, "Host and process."),
        "active": nullable(STRING),
        "problems": described(array(_PROBLEM), "What is wanted and it cannot serve."),
        "seen": MOMENT,
    }
)
_SHADOW_COUNT = record(
    {
        "version": STRING,
        "compared_with": STRING,
        **dict.fromkeys(("agreed", "disagreed", "failed", "dropped"), COUNT),
        "since": MOMENT,
    }
)
_CHANGE = record(
    {
        "action": {"enum": ["activate", "roll back", "canary", "shadow"]},
        "from": nullable(STRING),
        "to": nullable(STRING),
        "percent": described(nullable(_PERCENT), "Of a canary."),
        "by": STRING,
        "at": MOMENT,
    }
)
FOLLOWED: dict[str, Schema] = {
    "workers": described(array(_WORKER), "What each process serves."),
    "shadow_counts": described(array(_SHADOW_COUNT), "How often a shadow agreed with the active version."),
    "history": described(array(_CHANGE), "The last twenty changes, the newest first."),
}
