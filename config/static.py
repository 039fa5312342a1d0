"""Static files with their hash in the name, compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# npm packages, whose files name pictures, source maps and modules that they do not ship.
_PACKAGES = (
    "tabler/",
    "htmx/",
    "tom-select/",
    "chart/",
    "maplibre/",
    "pmtiles/",
    "terra-draw/",
    "terra-draw-maplibre/",
)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    manifest_strict = False
    support_js_module_import_aggregation = True

    def hashed_name(self, name, content=None, filename=None):
        """The name with its hash; a reference to a file that a package lacks stays as it is."""
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            if name.startswith(_PACKAGES):
                return name
            raise
