"""What ``python -m aiomoto`` tells of the machine: versions, names that are needed and replaced, access to AWS."""
