"""Which commit each line of a revision comes from, for all files in one walk over the history."""
