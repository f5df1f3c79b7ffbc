"""How names of other packages are replaced, and how it is known that they are there."""
