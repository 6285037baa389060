"""Pydantic models of our TOML files."""
