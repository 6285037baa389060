"""Pages of an audit for people: one for all units, and one that is loaded when it is opened for each of them.

They are files beside each other, without scripts or network access; their content security policy forbids both.
"""
