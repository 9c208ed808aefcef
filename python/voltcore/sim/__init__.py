"""Scenarios, runs, run folders and results."""
