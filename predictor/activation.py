"""Choosing which version of a model answers: the one door for command, admin and API.

Every choice verifies first: the package is opened under the trust policy, loaded and asked once, here, before
the database is touched. What is refused changes nothing. Workers follow by themselves (`versions.watcher`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction

from predictor.audit import Author, record
from predictor.models import ActivationHistory, ModelActivation
from predictor.recognition.errors import PackageRejected
from predictor.recognition.package_metadata import is_name, version_order
from predictor.serving import UnknownModel, installed_packages, open_version
from predictor.versions.worker_report import living_workers

logger = logging.getLogger("predictor.versions")

PACKAGE_REFUSED = "package_refused"
NOTHING_TO_ROLL_BACK = "nothing_to_roll_back"
ALREADY_ACTIVE = "already_active"
PERCENT_INVALID = "percent_invalid"
DEFAULT_MODEL = "default_model"

FULL = 100  # Percent.

_AUDITED = {  # What the audit log calls an action.
    ActivationHistory.ACTIVATE: "activated",
    ActivationHistory.ROLL_BACK: "rolled_back",
    ActivationHistory.CANARY: "canary_changed",
    ActivationHistory.SHADOW: "shadow_changed",
    ActivationHistory.SWITCH_OFF: "switched_off",
    ActivationHistory.SWITCH_ON: "switched_on",
}


class ActivationRefused(Exception):
    """What was asked for was not done, and nothing was changed.

    Attributes:
        code: `package_refused`, `nothing_to_roll_back`, `already_active`, `percent_invalid` or
            `default_model`.
        message: names the reason and the way out.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def verify(name: str, version: str) -> str:
    """Open, load and ask a version, and change nothing; what it serves stays as it is.

    Returns:
        The package's digest.

    Raises:
        UnknownModel: it is not installed.
        ActivationRefused: its package was refused; its code is in the message.
    """
    return _verify(name, version)


def activate(name: str, version: str, *, author: Author) -> ModelActivation:
    """Let a version answer for its model. Activating the active one only verifies it again.

    Args:
        name: of the model.
        version: an installed one.
        author: who wants it, for the history and the audit log.

    Raises:
        UnknownModel: it is not installed.
        ActivationRefused: its package was refused; its code is in the message.
    """
    return _activate(name, lambda _row: version, ActivationHistory.ACTIVATE, author)


def roll_back(name: str, *, author: Author) -> ModelActivation:
    """Activate the version that was active before. Once: a repeated call does not lead forward again.

    Raises:
        UnknownModel: the previous version is not installed any more.
        ActivationRefused: there is no previous version, or its package was refused.
    """
    return _activate(name, _previous, ActivationHistory.ROLL_BACK, author)


def set_canary(name: str, version: str, percent: int, *, author: Author) -> ModelActivation:
    """Let a second version answer a share of the requests that name no version.

    Args:
        name: of the model.
        version: the second version; empty ends it.
        percent: 0..100.
        author: who wants it, for the history and the audit log.

    Raises:
        UnknownModel: it is not installed.
        ActivationRefused: its package was refused, it is the active version, or the share is out of range.
    """
    if not 0 <= percent <= FULL:
        raise ActivationRefused(PERCENT_INVALID, f"A share is 0 to {FULL} percent, not {percent}.")
    digest = _verify(name, version) if version else ""
    with transaction.atomic():
        row = _row(name)
        _pin_active(row, version)
        before = row.canary_version
        row.canary_version, row.canary_percent = version, percent if version else 0
        return _store(row, ActivationHistory.CANARY, before, version, digest=digest, author=author)


def set_shadow(name: str, version: str, *, author: Author) -> ModelActivation:
    """Ask a second version beside the active one, and count where they disagree.

    Args:
        name: of the model.
        version: the second version; empty ends it.
        author: who wants it, for the history and the audit log.

    Raises:
        UnknownModel: it is not installed.
        ActivationRefused: its package was refused, or it is the active version.
    """
    digest = _verify(name, version) if version else ""
    with transaction.atomic():
        row = _row(name)
        _pin_active(row, version)
        before, row.shadow_version = row.shadow_version, version
        return _store(row, ActivationHistory.SHADOW, before, version, digest=digest, author=author)


def switch_off(name: str, *, author: Author) -> ModelActivation:
    """Let no version of a model answer, named or not, until it is switched on. Again: nothing is changed.

    Raises:
        UnknownModel: it is not installed.
        ActivationRefused: it is the default model, which answers whoever names none.
    """
    _refuse_unknown(name)
    if name == settings.DEFAULT_MODEL:
        raise ActivationRefused(
            DEFAULT_MODEL, f"{name} is the default model, which answers who names none; it stays on."
        )
    with transaction.atomic():
        row = _row(name)
        if row.switched_off:
            return row
        before, row.switched_off = _answering(row, ""), True
        return _store(row, ActivationHistory.SWITCH_OFF, before, "", digest="", author=author)


def switch_on(name: str, *, author: Author) -> ModelActivation:
    """Let a model answer again, once the version that will answer is verified.

    Where it is on already, its package is verified again and nothing else, but for one that was installed
    or changed while the workers serve: they load it.

    Raises:
        UnknownModel: it is not installed.
        ActivationRefused: the package was refused.
    """
    _refuse_unknown(name)
    row = ModelActivation.objects.filter(name=name).first() or ModelActivation(name=name)
    version = _answering(row, "")
    digest = _verify(name, version)
    with transaction.atomic():
        row = _row(name)
        if not row.switched_off and row.digests.get(version) == digest:
            return row
        before, row.switched_off = ("" if row.switched_off else version), False
        row.version = row.version or version
        return _store(row, ActivationHistory.SWITCH_ON, before, version, digest=digest, author=author)


def _activate(
    name: str, choose: Callable[[ModelActivation], str], action: str, author: Author
) -> ModelActivation:
    _refuse_unknown(name)
    row = ModelActivation.objects.filter(name=name).first() or ModelActivation(name=name)
    version = choose(row)
    digest = _verify(name, version)
    with transaction.atomic():
        row = _row(name)
        before = _answering(row, version)
        if action == ActivationHistory.ROLL_BACK and choose(row) != version:
            raise ActivationRefused(
                NOTHING_TO_ROLL_BACK, f"{name}: somebody else has just changed its version."
            )
        if before != version:
            row.previous_version = "" if action == ActivationHistory.ROLL_BACK else before
        row.version = version
        _end_second_roles(row, version)
        return _store(row, action, before, version, digest=digest, author=author)


def _previous(row: ModelActivation) -> str:
    if not row.previous_version:
        raise ActivationRefused(
            NOTHING_TO_ROLL_BACK,
            f"{row.name}: no previous version is known; activate a version by its number.",
        )
    return row.previous_version


def _verify(name: str, version: str) -> str:
    """Open, load and ask a package; return its digest."""
    if not (is_name(name) and version_order(version)) or not (settings.MODELS_DIR / name / version).is_dir():
        raise UnknownModel(f"There is no {name[:80]!r} {version[:80]!r} in the models folder.")
    try:
        return open_version(settings.MODELS_DIR, name, version).package.digest
    except PackageRejected as rejection:
        logger.error(  # noqa: TRY400 - the reason says it all; no traceback is needed
            "activation_refused", extra={"model": name, "version": version, "code": rejection.code}
        )
        raise ActivationRefused(PACKAGE_REFUSED, f"{rejection.message} ({rejection.code}).") from rejection


def _row(name: str) -> ModelActivation:
    """The model's row, locked until the transaction ends."""
    _refuse_unknown(name)
    ModelActivation.objects.get_or_create(name=name)
    return ModelActivation.objects.select_for_update().get(name=name)


def _refuse_unknown(name: str) -> None:
    if not _installed(name):
        raise UnknownModel(f"There is no model {name[:80]!r} in the models folder.")


def _installed(name: str) -> list[str]:
    """The versions in MODELS_DIR, the highest last."""
    return [folder.name for folder in installed_packages(settings.MODELS_DIR) if folder.parent.name == name]


def _answering(row: ModelActivation, chosen: str) -> str:
    """The version that answers now: as chosen before, as the workers tell, or else as they would start.

    Without either, a version that was put there to be chosen now is not what answered before.
    """
    others = [version for version in _installed(row.name) if version != chosen]
    return row.version or _told_by_workers(row.name) or (others[-1] if others else chosen)


def _told_by_workers(name: str) -> str:
    told = [report.serving.get(name, "") for report in living_workers().order_by("-seen_at")[:1]]
    return told[0] if told else ""


def _pin_active(row: ModelActivation, second: str) -> None:
    """Keep the version that answers now, also over a start at which the second one would be the highest."""
    row.version = _answering(row, second)
    if second == row.version:
        raise ActivationRefused(ALREADY_ACTIVE, f"{row.name} {second} is the active version; choose another.")


def _end_second_roles(row: ModelActivation, version: str) -> None:
    """A version that answers everything is no canary and no shadow any more."""
    if row.canary_version == version:
        row.canary_version, row.canary_percent = "", 0
    if row.shadow_version == version:
        row.shadow_version = ""


def _store(
    row: ModelActivation, action: str, before: str, version: str, *, digest: str, author: Author
) -> ModelActivation:
    named = {row.version, row.previous_version, row.canary_version, row.shadow_version}
    digests = row.digests | {version: digest}
    row.digests = {one: digests[one] for one in sorted(named) if digests.get(one)}
    row.save()
    percent = row.canary_percent if action == ActivationHistory.CANARY else None
    _note(row.name, action, before, version, percent=percent, author=author)
    return row


def _note(name: str, action: str, before: str, version: str, *, percent: int | None, author: Author) -> None:
    """Write a change to the model's history, to the audit log and to the process's log."""
    ActivationHistory.objects.create(
        name=name,
        action=action,
        from_version=before,
        to_version=version,
        percent=percent,
        changed_by=str(author)[:200],
    )
    details: dict[str, Any] = {"from": before or None, "to": version or None}
    if percent is not None:
        details["percent"] = percent
    record(_AUDITED[action], object_type="model", object_id=name, author=author, **details)
    logger.info(
        "model_version_chosen",
        extra={
            "model": name,
            "action": action,
            "from_version": before,
            "version": version,
            "by": author.name,
        },
    )
