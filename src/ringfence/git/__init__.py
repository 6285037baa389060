"""Git, as bytes: starts it, reads objects, takes raw trees, commits and notes apart."""
