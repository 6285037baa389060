"""Installs hooks, and checks that they refuse marked changes."""
