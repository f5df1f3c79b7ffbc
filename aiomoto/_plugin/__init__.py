"""The parts of the pytest plugin that need the package or much of pytest: imported when a test needs them."""
