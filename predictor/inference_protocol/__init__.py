"""The Open Inference Protocol, version 2, below /v2: what clients of Triton, KServe and MLServer speak."""
