"""The log of calls: what each call was, its outcome, and which fault acted on it."""
