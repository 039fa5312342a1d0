"""What happens to vehicles: readings, fuel, task orders, services."""
