"""The parts of a page that are about the crab volt."""
