"""The commands that people type, one file each: words in, one call, text and exit code out."""
