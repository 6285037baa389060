"""The kinds of marker, and the scanner that finds all of them in one pass.

This file imports nothing: a hook loads `scanner` and `catalogue` only; the kinds, which need pydantic, are loaded when
a policy or vendor file has changed. The table of kinds is in `kinds.py`.
"""
