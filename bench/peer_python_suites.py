"""The cases of suites in Python."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

from peer_case import SUBJECT, Case, Tree, identity
from peer_python import Question, read_questions

_LONGEST = 1000  # characters of a case; a longer one tries how long a detector takes


def read_commit_check(suite: str, tree: Tree) -> Iterator[Case]:
    """Read commit-check's tests of its signatures."""
    for question in read_questions(
        tree.read("tests/ai_signatures_test.py"), {"detect_ai_signatures", "has_ai_signature"}
    ):
        yield _message(suite, question)


def read_clocwork(suite: str, tree: Tree) -> Iterator[Case]:
    """Read clocwork's tests of trailers."""
    for name in ("tests/test_agents.py", "tests/test_sources_qwen.py"):
        for question in read_questions(tree.read(name), {"detect_agent"}):
            if question.arguments[0]:
                yield _message(suite, question)


def _message(suite: str, question: Question) -> Case:
    return Case(suite, "message", str(question.arguments[0]), question.wanted, question.test)


def read_tformance(suite: str, tree: Tree) -> Iterator[Case]:
    """Read tformance's tests of authors, reviewers, texts and co-authors."""
    logins, texts = {"detect_ai_author", "detect_ai_reviewer"}, {"detect_ai_in_text", "parse_co_authors"}
    for question in read_questions(tree.read("apps/metrics/tests/test_ai_detector.py"), logins | texts):
        if question.arguments[0] and question.function in logins:
            login, place = str(question.arguments[0]), f"{question.function} {question.test}"
            yield Case(f"{suite}, accounts", "author", identity(login), question.wanted, place)
        elif question.arguments[0]:
            text = "\n".join(line.strip() for line in str(question.arguments[0]).strip().splitlines())
            kind = "texts" if question.function == "detect_ai_in_text" else "co-authors"
            yield Case(f"{suite}, {kind}", "message", text, question.wanted, question.test)
    asked = {"detect_ai_coauthor", "get_detected_ai_tool", "get_all_detected_ai_tools"}
    for question in read_questions(tree.read("apps/integrations/tests/test_ai_detection.py"), asked):
        messages = [row.get("message") for row in question.arguments[0] or ()]
        if messages and (not question.wanted or len(messages) == 1):
            for text in filter(None, messages):
                yield Case(f"{suite}, co-authors", "message", text, question.wanted, question.test)


def read_no_ai_marks(suite: str, tree: Tree) -> Iterator[Case]:
    """Read no-ai-marks' catalogue as its tests do, and its tests of rules."""
    for tool in tomllib.loads(tree.read("no_ai_marks/data/tools.toml"))["tool"]:
        yield from _of_a_tool(f"{suite}, catalogue", tool)
    asked = {"text_rules", "line_rules", "commit_rules", "branch_rules"}
    for question in read_questions(tree.read("tests/test_rules.py"), asked):
        yield _of_a_rule(f"{suite}, rules", question)


def read_corpus(suite: str, tree: Tree) -> Iterator[Case]:
    """Read the corpus of no-ai-marks' repository: commits, requests and links that its authors have collected."""
    kinds = {"pr_text": "message", "commit_message": "message", "commit_msg_file": "message"}
    for name in tree.names(".jsonl"):
        stem = name.rpartition("/")[2].removesuffix(".jsonl")
        if stem in ("cli-tools", "hosted-agents", "attribution-hooks"):
            for row in map(json.loads, filter(None, tree.read(name).splitlines())):
                kind, wanted = kinds.get(row["kind"], row["kind"]), row["expected"] == "flag"
                yield Case(f"{suite}, {stem}", kind, row["input"], wanted, row.get("id", ""), row.get("path", ""))


def _of_a_tool(suite: str, tool: dict[str, list[str]]) -> Iterator[Case]:
    where = str(tool["id"])
    rows = [(text, True) for text in tool.get("examples", ())] + [(t, False) for t in tool.get("counterexamples", ())]
    rows += [(f"Some description. {marker} More text.", True) for marker in tool.get("markers", ())]
    rows += [(f"See https://{url}abc123", True) for url in tool.get("session-urls", ())]
    addresses = [address.replace("*", "someone") for address in tool.get("emails", ())]
    addresses += [f"12345+{login}@users.noreply.github.com" for login in tool.get("github-logins", ())]
    rows += [(f"Co-authored-by: Someone <{address}>", True) for address in addresses]
    for text, wanted in rows:
        yield Case(suite, "message", SUBJECT + text, wanted, where)
    for prefix in tool.get("branch-prefixes", ()):
        yield Case(suite, "branch", f"{prefix}/topic", wanted=True, place=where)


def _of_a_rule(suite: str, question: Question) -> Case:
    first, *more = map(str, question.arguments)
    if question.function == "line_rules":
        return Case(suite, "file", first, question.wanted, question.test, more[0] if more else "file.txt")
    if question.function == "commit_rules":
        return Case(suite, "author", f"{first} <{more[0]}>", question.wanted, question.test)
    kind = "branch" if question.function == "branch_rules" else "message"
    return Case(suite, kind, first if kind == "branch" else SUBJECT + first, question.wanted, question.test)


def read_rai_lint(suite: str, tree: Tree) -> Iterator[Case]:
    """Read rai-lint's tests: a footer is valid where it names what made the commit."""
    for name in ("test_rules", "test_integration"):
        source = tree.read(f"packages/python-gitlint/tests/{name}.py")
        for question in read_questions(source, {"create_commit"}):
            if len(str(question.arguments[0])) < _LONGEST:
                yield Case(suite, "message", str(question.arguments[0]), not question.wanted, question.test)


def read_cleaners(suite: str, tree: Tree) -> Iterator[Case]:
    """Read tests of tools that take credits out of messages: git-deai, declaude."""
    for name in tree.names(".py"):
        if name.startswith("tests/"):
            for question in read_questions(tree.read(name), {"clean_message", "scrub"}, cleans=True):
                yield _message(suite, question)
