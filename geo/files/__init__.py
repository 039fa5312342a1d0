"""Geographic files as they come: GeoJSON, KML, KMZ, a shapefile in a zip, GeoPackage and DXF, and as they go out.

They are read in the child of `imports.workbooks`; `kinds` is what it asks, `reading` what it does. The content decides
what a file is, not its name. No file, whatever it is, raises anything but UnreadableFile.
"""
