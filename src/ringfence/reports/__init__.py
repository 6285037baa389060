"""Report formats: functions from a verdict to text. They don't print, and they don't decide anything.

The table of formats is in `formats.py`, so that a hook loads the text report only.
"""
