"""Excel and OpenDocument files, read in a process of their own (`python -m imports.workbooks`).

calamine keeps a sheet as a full rectangle, so a file of 5 KB with one cell in XFD1048576 asks for 512 GB and
takes its whole process down (measured with python-calamine 0.9.1). Here that process is a child with a limit
of memory and time; `imports.reading` starts it and turns its end, whatever it is, into one sentence. The
package needs neither Django nor settings, so that the child starts in 40 ms.
"""
