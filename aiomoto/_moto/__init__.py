"""Moto's side: from a request to its handler, and how that is run."""
