"""A trace as a bill of ingredients, in formats that other tools read."""
