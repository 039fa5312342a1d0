"""Static files with their hash in the name, compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    # The npm packages' style sheets name source maps that they do not ship.
    manifest_strict = False
    support_js_module_import_aggregation = True
