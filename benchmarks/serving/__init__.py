"""Measuring servers: who, with what load, and what the figures say. `benchmarks/bench.py` uses it all."""
