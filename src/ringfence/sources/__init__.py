"""Which changes git, or a person, asks about. A file for each occasion answers with `Change`s; none of them judges."""
