#!/bin/sh
# git diff-tree --raw -p -w lists a file in its raw part that has no patch behind it.
#
# Version: git 2.39.5 (any git on the PATH is used; its version is printed).
#
# Behaviour, for a commit that changes white space in a.txt, and words in b.txt and c.txt:
#   The raw part names a.txt, b.txt and c.txt; the patches begin with the header of b.txt.
#   With --numstat beside it, a.txt is left out of that list too; with --name-only, it is named.
#   Without -w each file of the raw part has its patch, in the same order.
#
# Why a good guess is wrong:
#   Both parts come from one command and one comparison, in the same order, so that a reader of a stream takes the
#   first patch for the first file. With -w each patch then belongs to the file before, and lines go to wrong files
#   without any error. Patches have to be matched by the names in their headers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
git --version
export GIT_CONFIG_GLOBAL="$folder/none" GIT_CONFIG_SYSTEM="$folder/none"
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
git init --quiet work
cd work
for name in a b c; do printf 'one\ntwo\n' >"$name.txt"; done
git add .
git commit --quiet --message "Three files"
printf '  one\ntwo\n' >a.txt
printf 'one\n3\n' >b.txt
printf 'one\n4\n' >c.txt
git commit --quiet --all --message "White space in one, words in two"

raw() { git diff-tree -r --no-commit-id --raw -p "$@" HEAD | sed -n 's/^:.*\t//p' | tr '\n' ' '; }
patched() { git diff-tree -r --no-commit-id --raw -p "$@" HEAD | sed -n 's/^diff --git a.\([^ ]*\) .*/\1/p' | tr '\n' ' '; }
counted() { git diff-tree -r --no-commit-id --numstat "$@" HEAD | sed 's/.*\t//' | tr '\n' ' '; }
named() { git diff-tree -r --no-commit-id --name-only "$@" HEAD | tr '\n' ' '; }

echo "        raw part: $(raw)| patches: $(patched)"
echo "with -w raw part: $(raw -w)| patches: $(patched -w)| numstat: $(counted -w)| name-only: $(named -w)"
[ "$(raw)" = "a.txt b.txt c.txt " ]
[ "$(patched)" = "a.txt b.txt c.txt " ]
[ "$(raw -w)" = "a.txt b.txt c.txt " ]
[ "$(patched -w)" = "b.txt c.txt " ]
[ "$(counted -w)" = "b.txt c.txt " ]
[ "$(named -w)" = "a.txt b.txt c.txt " ]
