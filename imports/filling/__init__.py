"""Columns that no cell of their own fills: one value for all rows."""
