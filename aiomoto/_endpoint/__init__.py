"""The loopback endpoint, for clients that are not Python's and for other processes."""
