"""Works on many repositories and data sets; no hook loads it."""
