"""Rules: which calls they act on, how often, and what they do."""
