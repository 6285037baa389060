"""What is forbidden, where: TOML files in, one `Plan` out.

This file imports nothing: a hook loads `layers` and `plan`; all that needs pydantic and tomli only when a file has
changed.
"""
