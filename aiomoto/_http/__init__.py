"""The HTTP libraries: the SDKs' sessions, genuine responses and errors, and requests sent without an SDK."""
