"""Clients that send their requests without Python: the endpoint for pyarrow, and an error where there is none."""
