"""What is reported of a test: its calls and what they left, as text and as HTML."""
