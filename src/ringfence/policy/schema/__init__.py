"""What each of our TOML files may say, checked by pydantic."""
