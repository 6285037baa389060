"""Rules beside marks, a file each: accounts, identities, declaration, disclosure, provenance, retention."""
