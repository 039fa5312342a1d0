"""Fuel: fills, cards, own tanks, and what is hardly right about a fill."""
