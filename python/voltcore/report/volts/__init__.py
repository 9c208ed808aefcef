"""What the pages of all volts share."""
