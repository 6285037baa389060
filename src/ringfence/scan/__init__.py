"""Reads objects, decodes them, and scans their content for markers and generators."""
