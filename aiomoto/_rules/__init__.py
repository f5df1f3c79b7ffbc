"""Rules of a mock: which calls they match, how often they act, and what they do."""
