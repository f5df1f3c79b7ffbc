"""Everything about Moto: find the handler for a request, and run it."""
