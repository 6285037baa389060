"""Rules beside marks: accounts, declarations, disclosure, provenance. One file a rule."""
