"""What each address of the API takes and answers. Importing this describes the views to drf-spectacular."""

from predictor.api.openapi.operations import models, predicting, tokens, versions

__all__ = ["models", "predicting", "tokens", "versions"]
