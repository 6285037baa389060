"""Descriptions of data files as other tools read and write them."""
