"""Training, evaluating and packaging the models that the project ships. Pure Python, never Django."""
