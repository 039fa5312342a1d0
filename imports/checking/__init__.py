"""A sheet against the register as it is, judged row by row; nothing is written."""
