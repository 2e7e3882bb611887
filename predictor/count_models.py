"""What is counted in the database: the use of tokens, and requests against their limits."""

from __future__ import annotations

from django.db import models


class TokenUsage(models.Model):
    """How often a token was answered in one way on one day, in UTC. `access.usage` writes the rows."""

    token = models.ForeignKey("predictor.APIToken", on_delete=models.CASCADE, related_name="usage")
    day = models.DateField()
    outcome = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-day", "token", "outcome")
        verbose_name = "use of an API token"
        verbose_name_plural = "use of API tokens"
        constraints = (
            models.UniqueConstraint(
                fields=("token", "day", "outcome"), name="one_count_for_token_day_outcome"
            ),
        )

    def __str__(self) -> str:
        """What was counted, and when."""
        return f"{self.day}: {self.count} {self.outcome}"


class RateCounter(models.Model):
    """What is used of one limit in a window that ends at `ends_at_ms`, in milliseconds of Unix time.

    `access.counters` alone reads and writes it, and only where no Redis is configured.
    """

    name = models.CharField(max_length=100, primary_key=True)
    used = models.PositiveBigIntegerField()
    ends_at_ms = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        """Name and count."""
        return f"{self.name}: {self.used}"
