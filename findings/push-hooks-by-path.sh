#!/bin/sh
# A push by path runs the hooks of the receiving repository with git and GitPython, and none with pygit2 and dulwich.
#
# Versions: dulwich 1.2.21, GitPython 3.2.1, pygit2 1.21.0 (libgit2 1.9.7), Python 3.11.7, git 2.39.5, seen on Linux.
#
# Behaviour, where the remote is a bare repository on a mounted disk, named by its path:
#   git and GitPython start git-receive-pack, which runs the hooks of the receiving repository.
#   pygit2 and dulwich write objects and refs into the receiving repository themselves; its hooks don't run.
#   The ref is updated in all four cases, and nothing is said of hooks.
#
# Why a good guess is wrong:
#   pre-receive, update and the others are called server-side hooks, which sounds as if the receiving repository ran them.
#   It is git-receive-pack that does, and a path has no server: who writes there decides what runs.
#   dulwich does run hooks when it commits, so one expects it to run them when it pushes.
#   A post-receive hook that feeds a mirror, a build or a log on a shared disk misses such pushes.
set -eu

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
"${PYTHON:-python3}" -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check \
    dulwich==1.2.21 urllib3==2.8.0 typing_extensions==4.16.0 \
    GitPython==3.2.1 gitdb==4.0.12 smmap==5.0.3 pygit2==1.21.0 cffi==2.1.1 pycparser==3.12

unset $(git rev-parse --local-env-vars)
export HOME="$tmp" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export LOG="$tmp/log"
cd "$tmp"
git init -q -b main work
git -C work -c user.name=Ann -c user.email=ann@example.org commit -q --allow-empty -m 'First'

cat >push.py <<'PY'
import io
import sys


def push_with_gitpython(path):
    import git

    git.Repo("work").create_remote("gitpython", path).push("main").raise_if_error()


def push_with_dulwich(path):
    from dulwich import porcelain

    porcelain.push("work", path, "main", outstream=io.BytesIO(), errstream=io.BytesIO())


def push_with_pygit2(path):
    import pygit2

    pygit2.Repository("work").remotes.create_anonymous(path).push(["refs/heads/main"])


globals()["push_with_" + sys.argv[1]](sys.argv[2])
PY

for by in git gitpython pygit2 dulwich; do
    git init -q --bare "$by.git"
    mkdir -p "$by.git/hooks"
    for hook in pre-receive update reference-transaction post-receive post-update; do
        printf '#!/bin/sh\necho "  %s" >>"$LOG"\n' "$hook" >"$by.git/hooks/$hook"
        chmod +x "$by.git/hooks/$hook"
    done
    : >"$LOG"
    case $by in
    git) git -C work push -q "$tmp/$by.git" main ;;
    *) "$tmp/venv/bin/python" push.py "$by" "$tmp/$by.git" ;;
    esac
    sort -u "$LOG" >ran
    if [ "$(git -C "$by.git" rev-parse main)" = "$(git -C work rev-parse main)" ]; then ref=updated; else ref=missing; fi
    echo "$by: ref $ref, hooks run:"
    cat ran
done >seen

cat >expected <<'TEXT'
git: ref updated, hooks run:
  post-receive
  post-update
  pre-receive
  reference-transaction
  update
gitpython: ref updated, hooks run:
  post-receive
  post-update
  pre-receive
  reference-transaction
  update
pygit2: ref updated, hooks run:
dulwich: ref updated, hooks run:
TEXT
cat seen
diff expected seen >&2 || { echo "The behaviour has changed." >&2; exit 1; }
