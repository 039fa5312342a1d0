"""What happens to the items: the records of their lives."""
