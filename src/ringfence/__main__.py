"""`ringfence …`: starts a hook or a clean check without the command line, and the command line for all else."""

import os
import sys


def main() -> None:
    """Run the program."""
    if sys.argv[1:2] == ["hook"]:
        from .hook import main as hook

        hook(sys.argv[2:])
    if sys.argv[1:] == ["check", "--staged"]:
        from .direct import main as direct

        direct()
    # Without git GitPython ends its own import with a traceback; the command line says it in a line.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from .commands.program import main as cli

    cli()


if __name__ == "__main__":
    main()
