"""Recognises recorded output of AI tools by its text: fingerprints, an index of them, and the look-up."""
