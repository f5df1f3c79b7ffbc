"""Replace attributes of other packages, and check that those that aiomoto needs exist."""
