"""Holds the catalogue against the newest packages of the agents themselves: what they sign, set and leave behind."""
