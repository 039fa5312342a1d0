"""Columns that no row holds: a list computes them in its own query, as of its own day.

`declared.py`: what a register declares. `validity.py`: the expressions. `columns.py`: the columns of a register, and
how they narrow a list. A new sort of computed column is a declaration and one function in `columns.py`.
"""
