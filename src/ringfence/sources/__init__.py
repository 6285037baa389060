"""Collects the changes to check: one module for each occasion, all yielding `Change` values; none of them checks."""
