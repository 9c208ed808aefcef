"""Shapes that several figures share, as plotly traces in plain dictionaries."""
