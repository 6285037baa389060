"""Changes in, verdict out."""
