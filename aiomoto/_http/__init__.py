"""The HTTP libraries: their sessions, genuine responses and failures, and what is sent without an SDK."""
