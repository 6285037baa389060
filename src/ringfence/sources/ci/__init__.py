"""Detects the CI service, and the range of commits that a run is for."""
