"""What a mock knows of each call: what it is, what became of it, and which fault acted on it."""
