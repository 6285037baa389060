"""Many repositories and data sets; nothing here is on a hook's way."""
