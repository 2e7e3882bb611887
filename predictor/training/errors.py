"""What training refuses on purpose."""

from __future__ import annotations


class TrainingError(Exception):
    """Training or evaluating cannot go on; the message says what was found and the way out."""
