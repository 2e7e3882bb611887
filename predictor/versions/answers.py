"""The versions of a model as plain, JSON-ready values, and as the admin shows them."""

from __future__ import annotations

from typing import Any

from predictor.models import ActivationHistory, ModelActivation, ShadowCount
from predictor.versions.worker_report import living_workers

HISTORY_LENGTH = 20


def activation_answer(row: ModelActivation) -> dict[str, Any]:
    """What is wanted of one model."""
    canary = {"version": row.canary_version, "percent": row.canary_percent} if row.canary_version else None
    return {
        "name": row.name,
        "active": row.version or None,
        "switched_off": row.switched_off,
        "previous": row.previous_version or None,
        "canary": canary,
        "shadow": {"version": row.shadow_version} if row.shadow_version else None,
    }


def versions_answer(name: str) -> dict[str, Any]:
    """What is wanted of one model, what each worker makes of it, how its shadows do, and its history."""
    row = ModelActivation.objects.filter(name=name).first() or ModelActivation(name=name)
    return activation_answer(row) | {
        "workers": [
            {
                "worker": report.worker,
                "active": report.serving.get(name),
                "problems": [problem for problem in report.problems if problem["name"] == name],
                "seen": report.seen_at,
            }
            for report in living_workers()
        ],
        "shadow_counts": list(
            ShadowCount.objects.filter(name=name).values(
                "version", "compared_with", "agreed", "disagreed", "failed", "dropped", "since"
            )
        ),
        "history": [
            {
                "action": one.action,
                "from": one.from_version or None,
                "to": one.to_version or None,
                "percent": one.percent,
                "by": one.changed_by,
                "at": one.changed_at,
            }
            for one in ActivationHistory.objects.filter(name=name)[:HISTORY_LENGTH]
        ],
    }
