"""Transcripts of coding agents: what each of them wrote into files, by its own records."""
