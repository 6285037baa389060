"""Forges that can't run here, as hooks that do to a real quarantined push what the forge's own documents say it does.

Each is the repository's own pre-receive (or update) hook; it calls what `ringfence install --forge` put in place with
exactly the forge's environment, working directory and stdin, and passes on what the forge would show.
"""

from __future__ import annotations

from pathlib import Path

from conftest import Work

# What no forge passes on, and tests need: where compiled policies and logs are kept.
_TESTS = 'PATH="$PATH" XDG_CACHE_HOME="$XDG_CACHE_HOME" XDG_STATE_HOME="$XDG_STATE_HOME" GIT_CONFIG_GLOBAL=/dev/null'
_OBJECTS = (
    'GIT_OBJECT_DIRECTORY="$GIT_OBJECT_DIRECTORY" GIT_ALTERNATE_OBJECT_DIRECTORIES="$GIT_ALTERNATE_OBJECT_DIRECTORIES"'
)

# Gitaly: an environment from a list (no GIT_QUARANTINE_PATH), everything executable in order, stop at the first refusal.
# What the web shows is stderr if there is any, else stdout, and of that only lines with the prefix.
GITLAB = f"""#!/bin/sh
set -f; here=$(pwd); lines=$(mktemp); cat > "$lines"; said=$(mktemp)
for hook in "$here/custom_hooks/pre-receive" $(set +f; ls -d "$here"/custom_hooks/pre-receive.d/* "$AS_SHARED"/pre-receive.d/* 2>/dev/null); do
  case $hook in *~) continue;; esac
  [ -f "$hook" ] && [ -x "$hook" ] || continue
  if [ -n "$GIT_OBJECT_DIRECTORY" ]; then objects='{_OBJECTS}'; else objects=; fi
  eval env -i {_TESTS} "$objects" GIT_DIR='"$here"' GL_ID=user-7 GL_USERNAME='"$AS_USER"' \\
    GL_PROJECT_PATH=acme/evals GL_REPOSITORY=project-3 GL_PROTOCOL='"${{AS_PROTOCOL:-ssh}}"' '"$hook"' < "$lines" 2> "$said"
  code=$?
  if [ "$AS_PROTOCOL" = web ]; then sed -n 's/^GL-HOOK-ERR: /shown: /p' "$said" >&2; else cat "$said" >&2; fi
  [ "$AS_PROTOCOL" = web ] && grep -v '^GL-HOOK-ERR: ' "$said" | sed 's/^/hidden: /' >&2
  [ $code = 0 ] || exit $code
done
exit 0
"""

# The delegate that Gitea writes: everything runs, what is read comes by echo, and the first that refused is the answer.
GITEA = f"""#!/usr/bin/env bash
data=$(cat); exitcodes=""; hookname=$(basename $0)
export GITEA_PUSHER_NAME="$AS_USER" GITEA_PUSHER_ID=4 GITEA_REPO_NAME=evals GITEA_REPO_USER_NAME=acme GITEA_REPO_ID=9
for hook in ${{hookname}}.d/* hooks/${{hookname}}.d/*; do
  test -x "${{hook}}" && test -f "${{hook}}" || continue
  echo "${{data}}" | env -u GIT_AUTHOR_NAME {_TESTS} "${{hook}}"
  exitcodes="${{exitcodes}} $?"
done
for i in ${{exitcodes}}; do [ ${{i}} -eq 0 ] || exit ${{i}}; done
"""

# Bitbucket: its own variables beside git's; before a merge it makes a dry run, with BB_IS_DRY_RUN.
BITBUCKET = f"""#!/bin/sh
exec env -i {_TESTS} {_OBJECTS} GIT_DIR=. GIT_QUARANTINE_PATH="$GIT_QUARANTINE_PATH" BB_HOOK_TYPE=PRE \\
  BB_HOOK_TRIGGER_ID="${{AS_TRIGGER:-push}}" BB_IS_DRY_RUN="${{AS_TRIAL:-false}}" BB_PROJECT_KEY=acme \\
  BB_REPO_SLUG=evals BB_REPO_IS_FORK=false BB_USER_NAME="$AS_USER" BB_USER_PERMISSION=REPO_WRITE "$AS_SHARED/ringfence.sh"
"""

# Phorge: every executable of its folder, after Herald.
PHORGE = f"""#!/bin/sh
lines=$(mktemp); cat > "$lines"
for hook in hooks/pre-receive-phabricator.d/*; do
  env -i {_TESTS} {_OBJECTS} GIT_DIR=. GIT_QUARANTINE_PATH="$GIT_QUARANTINE_PATH" PHABRICATOR_REPOSITORY=acme/evals \\
    PHABRICATOR_USER="$AS_USER" PHABRICATOR_REMOTE_ADDRESS=192.0.2.1 PHABRICATOR_REMOTE_PROTOCOL=ssh "$hook" < "$lines" || exit 1
done
"""

# GitHub Enterprise Server: its variables, and everything is over after five seconds.
GHES = f"""#!/bin/sh
exec env -i {_TESTS} {_OBJECTS} GIT_DIR="$(pwd)" GIT_QUARANTINE_PATH="$GIT_OBJECT_DIRECTORY" \\
  GITHUB_REPO_NAME=acme/evals GITHUB_REPO_PUBLIC=false GITHUB_USER_IP=192.0.2.1 GITHUB_USER_LOGIN="$AS_USER" \\
  ${{AS_VIA:+GITHUB_VIA="$AS_VIA"}} GITHUB_PUBLIC_KEY_FINGERPRINT=aa:bb timeout 5 "$AS_SHARED/ringfence.sh"
"""

# Gerrit: no stdin and no quarantine; a direct push is a ref-update, a push for review one commit-received per commit.
GERRIT = f"""#!/bin/sh
run() {{ env -i {_TESTS} GIT_DIR="$(pwd)" "$@" < /dev/null; }}
case $1 in
  refs/for/*)
    for commit in $(git rev-list --reverse "$3" --not --all); do
      run "$AS_SHARED/hooks/commit-received" --project acme/evals --refname "refs/heads/${{1#refs/for/}}" \\
        --uploader "$AS_USER" --oldrev "$2" --newrev "$commit" --cmdref "$1" || exit 1
    done ;;
  *) run "$AS_SHARED/hooks/ref-update" --project acme/evals --refname "$1" --uploader "$AS_USER" --oldrev "$2" --newrev "$3" ;;
esac
"""

SCRIPTS = {
    "gitlab": GITLAB, "gitea": GITEA, "forgejo": GITEA, "bitbucket": BITBUCKET, "phorge": PHORGE, "ghes": GHES,
    "gerrit": GERRIT,
}  # fmt: skip


def drive(server: Work, forge: str) -> None:
    """Let a repository be served as by a forge."""
    put(server.path / "hooks" / ("update" if forge == "gerrit" else "pre-receive"), SCRIPTS[forge])


def put(path: Path, text: str) -> None:
    """Write an executable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
