#!/bin/sh
# Which hooks run at a commit, and from which folder, depends on the library that makes the commit.
#
# Versions: dulwich 1.2.21, GitPython 3.2.1, pygit2 1.21.0 (libgit2 1.9.7), Python 3.11.7, git 2.39.5, seen on Linux.
#
# Behaviour, with hooks both in .git/hooks and in the folder that core.hooksPath names:
#   git        runs pre-commit, prepare-commit-msg, commit-msg, post-commit of core.hooksPath.
#   GitPython  runs them from core.hooksPath too, but not prepare-commit-msg.
#   dulwich    runs them from .git/hooks whatever core.hooksPath says, without prepare-commit-msg.
#   pygit2     runs none.
#
# Why a good guess is wrong:
#   The usual picture is "git runs hooks, libraries don't", or "a library either honours hooks or has none".
#   dulwich runs hooks, but those in a folder that core.hooksPath has switched off:
#   old scripts left there come alive, and the ones in force don't run.
#   No library says so when it commits, and prepare-commit-msg runs in none of the three.
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
git init -q repo
git -C repo config user.name Ann
git -C repo config user.email ann@example.org
git -C repo commit -q --allow-empty -m 'First'
mkdir -p repo/.git/hooks repo/.git/named-hooks
git -C repo config core.hooksPath .git/named-hooks
for folder in hooks named-hooks; do
    for hook in pre-commit prepare-commit-msg commit-msg post-commit; do
        printf '#!/bin/sh\necho "  %s/%s" >>"$LOG"\n' "$folder" "$hook" >"repo/.git/$folder/$hook"
        chmod +x "repo/.git/$folder/$hook"
    done
done

cat >commit.py <<'PY'
import sys


def commit_with_gitpython():
    import git

    git.Repo("repo").index.commit("By GitPython")


def commit_with_dulwich():
    from dulwich import porcelain

    porcelain.commit("repo", message=b"By dulwich")


def commit_with_pygit2():
    import pygit2

    repo = pygit2.Repository("repo")
    ann = repo.default_signature
    repo.create_commit("HEAD", ann, ann, "By pygit2", repo.index.write_tree(), [repo.head.target])


globals()["commit_with_" + sys.argv[1]]()
PY

for by in git gitpython dulwich pygit2; do
    : >"$LOG"
    before=$(git -C repo rev-list --count HEAD)
    case $by in
    git) git -C repo commit -q --allow-empty -m 'By git' ;;
    *) "$tmp/venv/bin/python" commit.py "$by" ;;
    esac
    echo "$by: $(($(git -C repo rev-list --count HEAD) - before)) commit, hooks run:"
    cat "$LOG"
done >seen

cat >expected <<'TEXT'
git: 1 commit, hooks run:
  named-hooks/pre-commit
  named-hooks/prepare-commit-msg
  named-hooks/commit-msg
  named-hooks/post-commit
gitpython: 1 commit, hooks run:
  named-hooks/pre-commit
  named-hooks/commit-msg
  named-hooks/post-commit
dulwich: 1 commit, hooks run:
  hooks/pre-commit
  hooks/commit-msg
  hooks/post-commit
pygit2: 1 commit, hooks run:
TEXT
cat seen
diff expected seen >&2 || { echo "The behaviour has changed." >&2; exit 1; }
