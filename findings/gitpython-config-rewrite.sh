#!/bin/sh
# Writing one key of .git/config with GitPython changes the values of other keys.
#
# Versions: GitPython 3.2.1 (gitdb 4.0.12, smmap 5.0.3), Python 3.11.7, git 2.39.5, seen on Linux.
#
# Behaviour:
#   GitPython reads the whole file and writes it anew.
#   git stores a value with quotes or backslashes escaped and, if nothing else needs them, without quotes around it:
#   `git config alias.subject 'log --format="%s"'` writes `subject = log --format=\"%s\"`.
#   GitPython undoes escapes only in values with quotes around them, yet escapes every such value when it writes.
#   So each backslash that git wrote is doubled, and the value that git reads afterwards is another one.
#   The alias below, untouched by the caller, prints the subject in literal quotes from then on.
#   Values in quotes keep their meaning; they end in a backslash and a line break that were not there before.
#   Comments are gone as well.
#
# Why a good guess is wrong:
#   set_value("user", "name", …) names one key, and `git config user.name …` leaves all other lines as they are.
#   Those who know that GitPython drops comments still expect values, at least those written by git itself, to survive.
#   A test that reads back with GitPython sees the same value before and after; only git sees the change.
set -eu

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
"${PYTHON:-python3}" -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check GitPython==3.2.1 gitdb==4.0.12 smmap==5.0.3

unset $(git rev-parse --local-env-vars)
export HOME="$tmp" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
cd "$tmp"
git init -q by-git
printf '# Agreed with the storage team.\n' >>by-git/.git/config
git -C by-git config alias.subject 'log -1 --format="%s"'
git -C by-git config core.sshCommand 'ssh -i "/keys of ann/id"'
printf '[alias]\n\tquoted = "log -1 --format=\\"%%s\\""\n' >>by-git/.git/config
git -C by-git -c user.name=Ann -c user.email=ann@example.org commit -q --allow-empty -m 'First'
cp -R by-git by-gitpython

git -C by-git config user.name Ann
"$tmp/venv/bin/python" - >read <<'PY'
import git

repo = git.Repo("by-gitpython")
before = repo.config_reader("repository").get_value("alias", "subject")
with repo.config_writer() as config:
    config.set_value("user", "name", "Ann")
after = git.Repo("by-gitpython").config_reader("repository").get_value("alias", "subject")
print("GitPython reads back the same:", before == after)
PY

for repo in by-git by-gitpython; do
    echo "[$repo]"
    for key in user.name alias.subject alias.quoted core.sshCommand; do
        printf '%s: ' "$key"
        git -C "$repo" config "$key"
    done
    printf 'git subject prints: '
    git -C "$repo" subject
    printf 'comments: '
    grep -c '^#' "$repo/.git/config" || true
done >seen
cat read >>seen

cat >expected <<'TEXT'
[by-git]
user.name: Ann
alias.subject: log -1 --format="%s"
alias.quoted: log -1 --format="%s"
core.sshCommand: ssh -i "/keys of ann/id"
git subject prints: First
comments: 1
[by-gitpython]
user.name: Ann
alias.subject: log -1 --format=\"%s\"
alias.quoted: log -1 --format="%s"
core.sshCommand: ssh -i \"/keys of ann/id\"
git subject prints: "First"
comments: 0
GitPython reads back the same: True
TEXT
cat seen
diff expected seen >&2 || { echo "The behaviour has changed." >&2; exit 1; }
