"""Geographic files as they come: `read_layers(file, name)` → layers of attributes and shapes.

GeoJSON, KML, KMZ, a shapefile in a zip, GeoPackage and DXF. The content decides what a file is, not its name.
No file, whatever it is, raises anything but UnreadableFile.
"""

from geo.files.layer import Layer
from geo.files.reading import is_geographic, read_layers

__all__ = ["Layer", "is_geographic", "read_layers"]
