"""Static files under names that change with their content, the imports between scripts included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # It comes without types.
    """Like WhiteNoise's own; `import ... from "./x.js"` names the hashed file, too.

    Without it a browser would mix a new script with an old one that it still keeps.
    """

    support_js_module_import_aggregation = True
