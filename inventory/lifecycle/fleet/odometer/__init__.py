"""Readings of the meters of vehicles, and the log of all that say how far one has come."""
