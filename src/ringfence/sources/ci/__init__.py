"""Which CI service runs us, and which range a run is about."""
