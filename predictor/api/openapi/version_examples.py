"""Answers about the versions of a model as the service gives them."""

from __future__ import annotations

from typing import Any

ACTIVATED: dict[str, Any] = {
    "name": "mnist-sgd",
    "active": "1.1.0",
    "switched_off": False,
    "previous": "1.0.0",
    "canary": None,
    "shadow": None,
}
ROLLED_BACK = ACTIVATED | {"active": "1.0.0", "previous": None}
WITH_CANARY = ACTIVATED | {"canary": {"version": "1.2.0", "percent": 10}}
WITH_SHADOW = ACTIVATED | {"shadow": {"version": "1.2.0"}}
VERSIONS = WITH_CANARY | {
    "shadow": {"version": "1.2.0"},
    "workers": [
        {
            "worker": "web-1:4711",
            "active": "1.1.0",
            "problems": [
                {
                    "name": "mnist-sgd",
                    "version": "1.2.0",
                    "role": "canary",
                    "code": "digest_mismatch",
                    "message": "mnist-sgd 1.2.0: digest of model.onnx is 3f9a..., the manifest says 77c0...",
                }
            ],
            "seen": "2026-11-25T08:10:05.104212Z",
        }
    ],
    "shadow_counts": [
        {
            "version": "1.2.0",
            "compared_with": "1.1.0",
            "agreed": 4821,
            "disagreed": 37,
            "failed": 0,
            "dropped": 2,
            "since": "2026-11-25T08:05:00.613002Z",
        }
    ],
    "history": [
        {
            "action": "canary",
            "from": None,
            "to": "1.2.0",
            "percent": 10,
            "by": "operator (token a04d599ec0bab47b)",
            "at": "2026-11-25T08:05:00.601117Z",
        },
        {
            "action": "activate",
            "from": "1.0.0",
            "to": "1.1.0",
            "percent": None,
            "by": "operator",
            "at": "2026-11-24T16:30:12.118830Z",
        },
    ],
}
