"""Traces for OpenTelemetry, an optional extra: off, and then without cost, unless the environment asks."""
