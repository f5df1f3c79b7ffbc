"""s3fs: file systems end with the mock in which they were created."""
