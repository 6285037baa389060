"""One file for each occasion: which changes are new, which policy applies, what follows from the verdict."""
