"""The page of the stress runs of perps pools."""
