"""The loopback endpoint, for clients in no reach of a session."""
