"""Exports and imports descriptions of data files in formats of other tools."""
