"""The app: recognition behind pages, a REST API, an admin and commands. docs/architecture.md is its map."""

import os

# onnxruntime tells Microsoft of each start and each model unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
