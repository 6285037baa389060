"""The cases of suites in Go, TypeScript, Rust and shell, and of lists of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import yaml
from peer_case import SUBJECT, Case, Tree, identity
from peer_samples import samples
from peer_texts import (
    awk_removed,
    awk_rules,
    go_function,
    go_lists,
    go_map,
    go_table,
    script_strings,
    script_tests,
    shell_cases,
)


def read_chaoss(suite: str, tree: Tree) -> Iterator[Case]:
    """Read chaoss/disclosure: tables in Go, known accounts, prefixes of branches, notes."""
    tests = {name: tree.read(f"detection/{name}/{name}_test.go") for name in (
        "trailer", "toolmention", "committer", "branchname", "gitnotes")}  # fmt: skip
    for name, text, wanted in go_table(tests["trailer"], ("message",), "wantTools"):
        yield Case(f"{suite}, trailers", "message", text, wanted, name)
    for name, text, wanted in go_table(tests["toolmention"], ("Text", "CommitMessage"), "wantTools"):
        yield Case(f"{suite}, mentions", "message", text, wanted, name)
    for name, text, wanted in go_table(tests["gitnotes"], ("notes",), "wantTools"):
        yield Case(f"{suite}, notes", "note", text, wanted, name)
    constants = tree.read("detection/constants.go")
    known = [*go_map(constants, "KnownAgentCommitters")]
    for function in ("TestDetectMixedCase", "TestDetectWhitespace", "TestDetectNumericPrefix"):
        known += go_lists(go_function(tests["committer"], function))
    for function in ("TestDetectNotFound", "TestDetectNumericPrefixNoFalsePositive"):
        for address in go_lists(go_function(tests["committer"], function)):
            yield Case(
                f"{suite}, committers", "committer", f"Somebody <{address.strip()}>", wanted=False, place=function
            )
    for address in known:
        yield Case(f"{suite}, committers", "committer", f"Somebody <{address.strip()}>", wanted=True)
    for prefix in go_map(constants, "KnownAgentBranchPrefixes"):
        yield Case(f"{suite}, branches", "branch", f"{prefix}fix-bug", wanted=True)
    for branch in go_lists(go_function(tests["branchname"], "TestDetectNoMatch")):
        yield Case(f"{suite}, branches", "branch", branch, wanted=False)


def read_abacus(suite: str, tree: Tree) -> Iterator[Case]:
    """Read abacus' tests of commits, in TypeScript."""
    for title, body in script_tests(tree.read("src/lib/sync/github.test.ts")):
        call = re.search(r"detectAiAttribution\(\s*(.*?)\s*\);", body, re.DOTALL)
        strings = script_strings(call[1]) if call else []
        wanted = "toBeNull" not in body
        if len(strings) > 1:
            yield Case(suite, "author", f"{strings[1]} <{strings[-1]}>", wanted, title)
        elif strings:
            yield Case(suite, "message", strings[0], wanted, title)


def read_no_ai_coauthors(suite: str, tree: Tree) -> Iterator[Case]:
    """Read no-ai-coauthors' tests in shell, and the names and local parts that its hook refuses."""
    tests = tree.read("tests/run.sh")
    for name, lines in re.findall(r"^write_msg (\w+) (.*)$", tests, re.MULTILINE):
        text = SUBJECT + "\n".join(re.findall(r"'(.*?)'", lines))
        yield Case(f"{suite}, tests", "message", text, f"expect_block {name}\n" in tests, name)
    hook = tree.read("hooks/no-ai-coauthors")
    rules = [*((pattern, samples(pattern)) for pattern in awk_rules(hook, "raw"))]
    endings = samples(awk_removed(hook, "name"))
    for pattern in awk_rules(hook, "name"):
        names = samples(pattern)
        rules.append((pattern, [*names, *(names[0] + ending for ending in endings)]))
    for pattern, names in rules:
        for name in names:
            text = f"{SUBJECT}Co-authored-by: {name.title()} <helper@example.com>"
            yield Case(f"{suite}, names", "message", text, wanted=True, place=pattern)
    for pattern in awk_rules(hook, "identity"):
        for name in samples(pattern):
            text = f"{SUBJECT}Co-authored-by: Helper <{name}@example.com>"
            yield Case(f"{suite}, local parts", "message", text, wanted=True, place=pattern)


def read_aittributor(suite: str, tree: Tree) -> Iterator[Case]:
    """Read the identities that aittributor signs commits with."""
    for who in re.findall(r'email: "(.+?)"', tree.read("src/agent.rs")):
        yield Case(suite, "message", f"{SUBJECT}Co-authored-by: {who}", wanted=True)


def read_aligned(suite: str, tree: Tree) -> Iterator[Case]:
    """Read the identities that ai-aligned-git commits as."""
    source = tree.read("executable_git")
    names = shell_cases(source, "ami_get_name")
    for tool, address in shell_cases(source, "ami_get_email").items():
        yield Case(suite, "author", f"{names.get(tool, tool)} <{address}>", wanted=True, place=tool)


def read_ai_detector(suite: str, tree: Tree) -> Iterator[Case]:
    """Read ai-detector's rules: footers, comments, co-authors, accounts and branches."""
    for name in tree.names(".yml"):
        if name.startswith("rules/"):
            for section, rules in yaml.safe_load(tree.read(name)).get("explicit_markers", {}).items():
                for rule in rules or ():
                    yield from _of_a_detector(suite, section, rule)


def _of_a_detector(suite: str, section: str, rule: dict[str, str]) -> Iterator[Case]:
    who = rule.get("email") or rule.get("email_pattern") or rule.get("username") or rule.get("name_pattern")
    rests_on = who or rule.get("pattern", "")
    text = samples(rests_on)[0] if rule.get("regex") or set("^\\") & set(rests_on) else rests_on
    kind = "author" if who or section == "bot_authors" else "branch" if "branch" in section else "message"
    if rests_on:
        yield Case(suite, kind, _AS[kind](text), wanted=True, place=f"{section}: {rests_on}")


def _signed(text: str) -> str:
    local, at, domain = text.replace(" ", "").partition("@")
    return f"Somebody <{local or 'someone'}@{domain or 'example.com'}>" if at else identity(text)


_AS: dict[str, Callable[[str], str]] = {
    "author": _signed,
    "branch": lambda text: f"{text}fix-bug".lstrip("/"),
    "message": lambda text: SUBJECT + text,
}
