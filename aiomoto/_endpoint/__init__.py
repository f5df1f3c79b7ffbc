"""The loopback endpoint, for clients in other languages and other processes."""
