"""What operators want, read from the database into plain values that a worker compares and keeps."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError

from predictor.versions.rows import ModelActivation

logger = logging.getLogger("predictor.versions")

ACTIVE, CANARY, SHADOW = "active", "canary", "shadow"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator wants of one model.

    Attributes:
        version: the active one; empty for the highest installed.
        canary_percent: 0..100, how much of the traffic that names no version goes to the canary.
        digests: root digest by version, of the packages that were verified when these versions were chosen.
        switched_off: no version answers, named or not.
    """

    version: str = ""
    canary_version: str = ""
    canary_percent: int = 0
    shadow_version: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    switched_off: bool = False

    def roles(self) -> dict[str, str]:
        """The version that each role names; roles without one are left out."""
        named = {ACTIVE: self.version, CANARY: self.canary_version, SHADOW: self.shadow_version}
        return {role: version for role, version in named.items() if version}


def read_wanted() -> dict[str, Wanted]:
    """Read every row, by model: one cheap query.

    Raises:
        DatabaseError: the database is lost, or its tables are not made yet.
    """
    return {row.name: _wanted(row) for row in ModelActivation.objects.all()}


def read_wanted_at_start() -> dict[str, Wanted]:
    """The same for a process that starts: without a database it begins with the highest versions.

    `/readyz` says that the database is lost; the watcher makes up for it when it is back.
    """
    try:
        return read_wanted()
    except DatabaseError as error:
        logger.warning("activations_unknown", extra={"reason": type(error).__name__})
        return {}


def _wanted(row: ModelActivation) -> Wanted:
    return Wanted(
        row.version,
        row.canary_version,
        row.canary_percent,
        row.shadow_version,
        row.digests,
        row.switched_off,
    )
