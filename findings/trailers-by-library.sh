#!/bin/sh
# Who reads the trailers of a commit's message decides which there are: git itself gives two answers.
#
# Versions: git 2.39.5 (any git on the PATH is used; its version is printed), dulwich 1.2.21, GitPython 3.2.1,
# pygit2 1.21.0.
#
# Behaviour, for `Co-authored-by: Tool <tool@example.com>` in the last paragraph of four valid messages:
#   Behind a line `---`, as of a table or a list, `git log --format=%(trailers)` has it; `git interpret-trailers
#   --parse`, `Commit.trailers_list` of GitPython, `message_trailers` of pygit2 and `parse_trailers` of dulwich stop at
#   that line, and take `Before:` above it for a trailer instead.
#   Beside two lines of prose and a Signed-off-by, all have it but dulwich: one such line is enough for git where a
#   quarter of the paragraph's lines are trailers.
#   With the address on the next line, indented, all have it, and pygit2's value keeps the line end.
#   Alone in the subject, nobody has it; `co_authors` of GitPython does, by an expression of its own, and lacks the one
#   whose address is on the next line.
#
# Why a good guess is wrong:
#   All of these say that they follow git, and git's own manual describes one format. But `git interpret-trailers` was
#   made for patches in mails, which end at `---`, and whoever pipes commits' messages into it needs `--no-divider`.
#   A tally of a tool's commits differs by the library that took it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check dulwich==1.2.21 GitPython==3.2.1 pygit2==1.21.0
git --version
export GIT_CONFIG_GLOBAL="$folder/none" GIT_CONFIG_SYSTEM="$folder/none"
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
git init --quiet work
cat >show.py <<'PYTHON'
import subprocess

import git
import pygit2
from dulwich.trailers import parse_trailers

TRAILER = "Co-authored-by: Tool <tool@example.com>"
MESSAGES = {
    "behind ---": f"Sort rows\n\nBefore:\n---\nAfter.\n\n{TRAILER}\n",
    "beside prose": f"Sort rows\n\nSome words,\nand more.\nSigned-off-by: Ann <ann@example.org>\n{TRAILER}\n",
    "continued": "Sort rows\n\nCo-authored-by: Tool\n <tool@example.com>\n",
    "in the subject": f"{TRAILER}\n",
}
BOTH = ["Signed-off-by", "Co-authored-by"]
ONE = ["Co-authored-by"]
EXPECTED = {
    "behind ---": dict(log=ONE, interpret=["Before"], no_divider=ONE, gitpython=["Before"], pygit2=["Before"],
                       dulwich=["Before"], co_authors=1),
    "beside prose": dict(log=BOTH, interpret=BOTH, no_divider=BOTH, gitpython=BOTH, pygit2=BOTH, dulwich=[],
                         co_authors=1),
    "continued": dict(log=ONE, interpret=ONE, no_divider=ONE, gitpython=ONE, pygit2=ONE, dulwich=ONE, co_authors=0),
    "in the subject": dict(log=[], interpret=[], no_divider=[], gitpython=[], pygit2=[], dulwich=[], co_authors=1),
}


def run(*command, text=""):
    return subprocess.run(["git", "-C", "work", *command], input=text, capture_output=True, text=True, check=True).stdout


def keys(lines):
    return [line.partition(":")[0] for line in lines.splitlines() if line]


tree = run("hash-object", "-w", "-t", "tree", "--stdin").strip()
for name, message in MESSAGES.items():
    commit = run("commit-tree", tree, text=message).strip()
    by_gitpython, by_pygit2 = git.Repo("work").commit(commit), pygit2.Repository("work")[commit]
    seen = dict(
        log=keys(run("log", "-1", "--format=%(trailers:only,unfold)", commit)),
        interpret=keys(run("interpret-trailers", "--parse", text=message)),
        no_divider=keys(run("interpret-trailers", "--parse", "--no-divider", text=message)),
        gitpython=[key for key, _ in by_gitpython.trailers_list],
        pygit2=list(by_pygit2.message_trailers),
        dulwich=[item.key for item in parse_trailers(message.encode())[1]],
        co_authors=len(by_gitpython.co_authors),
    )
    print(name, *(f"{reader}: {found}" for reader, found in seen.items()), sep="\n    ")
    assert seen == EXPECTED[name], "changed"
    if name == "continued":
        value = by_pygit2.message_trailers["Co-authored-by"]
        print(f"    pygit2's value: {value!r}")
        assert value == "Tool\n <tool@example.com>", "changed"
PYTHON
venv/bin/python show.py
