"""Policy files to a compiled `Plan`: which marks count, in which zones, and what follows.

This file imports nothing: a hook loads `load` and `plan` only; modules that need pydantic and tomli are imported when
a policy or vendor file has changed.
"""
