"""From a verdict to text. Reports take values and return a string; they neither print nor decide.

The table is in `formats.py`, so that a hook that refuses loads the text for people and nothing else.
"""
