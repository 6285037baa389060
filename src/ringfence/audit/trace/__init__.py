"""Which lines, files and rows of a revision come from whose tool."""
