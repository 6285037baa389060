"""Audits repositories and data as they are: what they hold, as tables and as pages."""
