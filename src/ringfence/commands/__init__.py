"""The commands, one module each: parse the arguments, make one call, print the result and return the exit code."""
