#!/bin/sh
# A packObjectsHook that refuses a fetch without reading its input is not heard: git ends by SIGPIPE before it passes
# the hook's message on, always where the request is larger than a pipe, else where the hook ends first.
#
# Version: git 2.39.5, on Linux, where a pipe holds 64 KiB (any git on the PATH is used; its version is printed).
#
# Behaviour of a clone over git's own protocol, where `uploadpack.packObjectsHook` prints a line and ends with 1:
#   2,000 branches, input not read          the client sees no line of the hook, only a disconnect and "early EOF"
#   2,000 branches, input read to its end   the client sees "remote: ask the data office"
#   4 branches, input not read              the one or the other, by whichever process is faster
#   4 branches, input read to its end       the client sees "remote: ask the data office"
#
# Why a good guess is wrong:
#   Git ignores SIGPIPE while it feeds pre-receive, pre-push and the like, so that a hook may end without reading, and
#   its words arrive. This hook stands in the place of `git pack-objects`, and upload-pack doesn't: it dies in the
#   middle of writing the names of the commits. With a small repository and a hook that takes a while nothing shows it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
git --version
export GIT_CONFIG_GLOBAL="$folder/settings" GIT_CONFIG_SYSTEM="$folder/none" LC_ALL=C
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
printf '#!/bin/sh\necho "ask the data office" >&2\nexit 1\n' >silent
printf '#!/bin/sh\necho "ask the data office" >&2\ncat >/dev/null\nexit 1\n' >reads
chmod +x silent reads

# A repository with so many commits, each of them the end of a branch of its own.
make() {
    git init --quiet --bare "$1.git"
    number=0
    while [ "$number" -lt "$2" ]; do
        printf 'commit refs/heads/%s\ncommitter Ann <ann@example.org> %s +0000\ndata 1\nx\n' "b$number" "$((1700000000 + number))"
        number=$((number + 1))
    done | git -C "$1.git" fast-import --quiet
}

# What a clone prints where git asks a hook.
cloned() {
    git config --file "$folder/settings" uploadpack.packObjectsHook "$folder/$2"
    rm -rf "$folder/clone"
    if git clone --quiet "file://$folder/$1.git" "$folder/clone" >"$folder/said" 2>&1; then
        echo "the clone was served" >&2
        exit 1
    fi
    if grep -q "remote: ask the data office" "$folder/said"; then echo heard; else echo "not heard"; fi
}

make small 4
make large 2000
for name in small large; do
    for hook in silent reads; do echo "$name, $hook: $(cloned "$name" "$hook")"; done
done
[ "$(cloned small reads)" = heard ]
[ "$(cloned large reads)" = heard ]
[ "$(cloned large silent)" = "not heard" ]
