"""Numbers in, estimates out: the statistics of customer experience. No files, no figures, no client."""
