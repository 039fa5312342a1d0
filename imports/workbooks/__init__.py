"""Files that people bring, read in a process of their own (`python -m imports.workbooks`).

Whoever reads a hostile file may be made to want any memory and any time: calamine keeps a sheet as a full rectangle,
so that a file of 5 KB with one cell in XFD1048576 asks for 512 GB (python-calamine 0.9.1); a view in a GeoPackage
never ends. Here that process is a child with limits; `imports.reading.child` starts it and turns its end, whatever it
is, into one sentence. Nothing here needs models or settings, so that the child starts in 0.15 s.
"""
