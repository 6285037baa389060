"""The kinds of marker, and the one scanner that looks for all of them in a pass.

This file imports nothing: a hook loads `scanner` and `catalogue`, and the kinds (which need pydantic) only when a
policy or a vendor file has changed. The table of kinds is in `kinds.py`.
"""
