"""The page of the basis volt."""
