"""s3fs: its file systems end with the mock that they were made in."""
