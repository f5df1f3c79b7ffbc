"""Lambda functions that run in the test's process: what runs, where it runs, and what sets it off."""
