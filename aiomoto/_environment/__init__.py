"""The environment variables of the process, and what child processes see of them."""
