#!/bin/sh
# A signed push whose SSH key no allowed-signers file lists has GIT_PUSH_CERT_STATUS=G, and nobody in _SIGNER.
#
# Versions: git 2.39.5, OpenSSH 9.2p1, seen on Debian 12.
#
# Behaviour, on a server with receive.certNonceSeed, gpg.format ssh and gpg.ssh.allowedSignersFile:
#   the key is listed     pre-receive gets STATUS=G and SIGNER=ann@example.org
#   it isn't listed       STATUS=G again, SIGNER is empty, and KEY is the fingerprint
#   no such file at all   STATUS=N, as for a push that isn't signed
#   proc-receive          gets no GIT_PUSH_CERT variable, whatever pre-receive of the same push got
#
# Why a good guess is wrong:
#   git-receive-pack's manual says that the letter is the one of `git log --format=%G?`, which shows U for such a key
#   ("good, with unknown validity"). There git folds the trust into the letter; for a push certificate it doesn't, so
#   that a hook which lets `G` pass lets everybody pass who has a key.
#
# Needs git and ssh-keygen on the machine.
set -eu

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
unset $(git rev-parse --local-env-vars)
export HOME="$tmp" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
cd "$tmp"
ssh-keygen -q -t ed25519 -N '' -f key
git init -q --bare repo.git
git -C repo.git config receive.certNonceSeed seed
git -C repo.git config gpg.format ssh
cat >repo.git/hooks/pre-receive <<'HOOK'
#!/bin/sh
echo "$GIT_PUSH_CERT_STATUS ${GIT_PUSH_CERT_SIGNER:-nobody}" >>"$TOLD"
HOOK
cat >repo.git/hooks/proc-receive <<'HOOK'
#!/bin/sh
env | grep -c GIT_PUSH_CERT >>"$TOLD"
exit 1
HOOK
chmod +x repo.git/hooks/*
git init -q work
git -C work commit -q --allow-empty -m First
export TOLD="$tmp/told"

push() {
    git -C work -c gpg.format=ssh -c user.signingkey="$tmp/key" push -q --signed ../repo.git "HEAD:refs/heads/$1" \
        >/dev/null 2>&1 || true
}

push none
git -C repo.git config gpg.ssh.allowedSignersFile "$tmp/allowed"
echo "ann@example.org $(cat key.pub)" >allowed
push listed
: >allowed
push stranger
git -C work -c gpg.format=ssh -c user.signingkey="$tmp/key" -c gpg.ssh.allowedSignersFile="$tmp/allowed" \
    commit -q -S --allow-empty -m Signed
letter=$(git -C work -c gpg.ssh.allowedSignersFile="$tmp/allowed" log -1 --format=%G?)
git -C repo.git config receive.procReceiveRefs refs
push proc

printf 'the hooks were told:\n'
cat told
printf 'git log says of a commit by the same key: %s\n' "$letter"
expected='N nobody
G ann@example.org
G nobody
G nobody
0'
[ "$(cat told)" = "$expected" ] && [ "$letter" = U ] || exit 1
