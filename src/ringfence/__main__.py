"""`ringfence …`: starts a hook without loading the command line, and the command line for everything else."""

import os
import sys


def main() -> None:
    """Run the program."""
    if sys.argv[1:2] == ["hook"]:
        from .hook import main as hook

        hook(sys.argv[2:])
    # Without git GitPython ends its own import with a traceback; the command line says it in a line.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from .commands.program import main as cli

    cli()


if __name__ == "__main__":
    main()
