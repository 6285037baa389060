"""What a content holds: read, decoded, and scanned for markers and generators."""
