"""The page of a rates run."""
