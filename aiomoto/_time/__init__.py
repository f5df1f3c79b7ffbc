"""The time of a mock: its clock, what Moto and botocore see of it, and what falls due. Loaded when a test moves it."""
