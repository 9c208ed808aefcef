"""The parts of a page that are about one week of the crab."""
