"""States of a register's rows and the steps between them.

`declared.py`: what a register declares. `stepping.py`: who may take which step, and what other writes may do.
"""
