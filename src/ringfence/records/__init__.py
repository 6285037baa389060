"""The record of every decision, and what is put aside."""
