"""One file an occasion: which changes are new, which policy holds, what becomes of the verdict."""
