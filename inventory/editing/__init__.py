"""What stands between a form and `inventory.writes`: what may be wrong, and what a colleague changed meanwhile."""
