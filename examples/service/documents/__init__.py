"""A service that stores documents, and counts their words in the background."""
