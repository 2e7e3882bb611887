"""Which version of a model answers: what operators want, and how each worker follows it while it serves."""
