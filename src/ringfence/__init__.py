"""Keeps rival AI vendors' output out of training data and evaluations, enforced in git."""

__version__ = "0.1.0"
