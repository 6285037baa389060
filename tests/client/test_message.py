"""Which messages may be stored: whatever a mark is dressed up in, and only what will really be in the commit."""

from __future__ import annotations

import pytest

from client.conftest import FOOTER, assert_refused, count
from conftest import CLAUDE, TRAILER, Said, Work

ADDRESS = "noreply@anthropic.com"


def said_with(work: Work, message: str | bytes, *options: str, **env: str) -> Said:
    """Make an empty commit with a message from stdin, unchanged."""
    data = message.encode() if isinstance(message, str) else message
    return work.git(*options, "commit", "--allow-empty", "-F", "-", stdin=data, **env)


def stored(work: Work) -> str:
    return work.did("log", "-1", "--format=%B")


FORMS = {
    "as a trailer": f"Change\n\nBody.\n\n{TRAILER}\n",
    "in a subject alone": TRAILER,
    "right below the subject": f"Change\n{TRAILER}\n",
    "at the end of a paragraph": f"Change\n\nSome text.\n{TRAILER}\n",
    "among too much prose to be a block": f"Change\n\none\ntwo\nthree\nfour\nfive\n{TRAILER}\nAcked-by: Ann <a@b.c>\n",
    "in the middle, as a squash leaves it": f"Change (#1)\n\n* one\n\n{TRAILER}\n\n* two\n\nAcked-by: Ann <a@b.c>\n",
    "before the last paragraph": f"Change\n\n{TRAILER}\n\nMore words follow.\n",
    "below a divider": f"Change\n\n---\n{TRAILER}\n",
    "below an old conflict": f"Change\n\nConflicts:\n\trows.txt\n\n{TRAILER}\n",
    "behind many lines": "Change\n\n" + "words\n" * 5000 + TRAILER,
    "indented": f"Change\n\n    {TRAILER}\n",
    "indented by a tab": f"Change\n\n\t{TRAILER}\n",
    "behind a bullet": f"Change\n\n* {TRAILER}\n",
    "behind a dash": f"Change\n\n- {TRAILER}\n",
    "quoted": f"Change\n\n> {TRAILER}\n",
    "quoted twice": f"Change\n\n>> {TRAILER}\n",
    "behind a hash": f"Change\n\n# {TRAILER}\n",
    "in bold": f"Change\n\n**{TRAILER}**\n",
    "with carriage returns": f"Change\r\n\r\n{TRAILER}\r\n",
    "with carriage returns alone": f"Change\r\r{TRAILER}\r",
    "with line ends spelled out": f"Change\\n\\n{TRAILER}",
    "with other line ends spelled out": f"Change\\r\\n\\r\\n{TRAILER}\\r\\n",
    "folded": f"Change\n\nCo-authored-by: Claude\n <{ADDRESS}>\n",
    "folded behind the key": f"Change\n\nCo-authored-by:\n  {CLAUDE}\n",
    "folded by a tab": f"Change\n\nCo-authored-by: Claude\n\t<{ADDRESS}>\n",
    "with underscores": f"Change\n\nCo_Authored_By: {CLAUDE}\n",
    "with blanks": f"Change\n\nCo authored by: {CLAUDE}\n",
    "with a blank before the colon": f"Change\n\nCo-authored-by : {CLAUDE}\n",
    "with no blank behind the colon": f"Change\n\nCo-authored-by:{CLAUDE}\n",
    "with an equals sign": f"Change\n\nCo-authored-by={CLAUDE}\n",
    "in capitals": f"Change\n\n{TRAILER.upper()}\n",
    "without angle brackets": f"Change\n\nCo-authored-by: Claude {ADDRESS}\n",
    "with the address alone": f"Change\n\nCo-authored-by: {ADDRESS}\n",
    "with round brackets": f"Change\n\nCo-authored-by: Claude ({ADDRESS})\n",
    "with entities": f"Change\n\nCo-authored-by: Claude &lt;{ADDRESS}&gt;\n",
    "with an entity in the address": "Change\n\nCo-authored-by: Claude <noreply&#64;anthropic.com>\n",
    "with a zero-width space in the key": f"Change\n\nCo-auth\u200bored-by: {CLAUDE}\n",
    "with a zero-width joiner in the address": "Change\n\nCo-authored-by: Claude <noreply@anth\u200dropic.com>\n",
    "with a soft hyphen": "Change\n\nCo-authored-by: Claude <noreply@anthro\u00adpic.com>\n",
    "with a mark at the line's beginning": f"Change\n\n\ufeff{TRAILER}\n",
    "in full width": "Change\n\n" + TRAILER.translate({sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}),
    "with Cyrillic letters": "Change\n\nСо-аuthоrеd-bу: Clаudе <nоrерlу@аnthrорiс.соm>\n",
    "with Greek letters": "Change\n\nCο-authοred-by: Claude <nοreply@anthrοpic.cοm>\n",
    "with accents": "Change\n\nCo-authored-by: Clàude <noreply@anthropíc.com>\n",
    "with a non-breaking hyphen": f"Change\n\nCo\u2011authored\u2011by: {CLAUDE}\n",
    "with a non-breaking blank": f"Change\n\nCo-authored-by:\u00a0{CLAUDE}\n",
    "under another key": f"Change\n\nSigned-off-by: {CLAUDE}\n",
    "with another case in the address": "Change\n\nCo-authored-by: claude <NoReply@Anthropic.COM>\n",
    "as a footer": f"Change\n\n🤖 {FOOTER}\n",
}  # fmt: skip


@pytest.mark.parametrize("message", FORMS.values(), ids=FORMS)
def test_a_mark_is_seen_wherever_and_however_it_stands(laptop: Work, message: str) -> None:
    """Place, letter case, folding and line ends of a mark in a message don't hide it."""
    assert_refused(said_with(laptop, message), "prepare-commit-msg")
    assert count(laptop) == 1


@pytest.mark.parametrize(
    "message",
    [
        "chore: update the Co-Authored-By address of Claude\n\nIt is noreply@anthropic.com now.\n",
        "docs: say where the Generated with Claude Code line comes from\n",
        "fix: strip `Co-authored-by` lines from squashed messages\n\nClaude and Codex leave many.\n",
        "feat: read Claude transcripts\n\nReviewed-by: Claude Monet <claude@monet.example.fr>\n",
        "Add rows\n\nCo-authored-by: Claude Monet <claude@monet.example.fr>\n",
        "Add rows\n\nCo-authored-by: Jo Example <jo@anthropic.example.org>\n",
        "Añadir filas\n\nCo-authored-by: Zoë Ünal <zoe@example.org>\n",
    ],
)
def test_prose_about_marks_and_people_of_that_name_pass(laptop: Work, message: str) -> None:
    assert said_with(laptop, message)
    assert count(laptop) == 2


def test_a_mark_behind_a_nul_is_seen(laptop: Work) -> None:
    """Git cuts a message at a NUL in many places; the gate scans what comes after it too."""
    assert_refused(said_with(laptop, f"Change\0\n\n{TRAILER}\n"), "prepare-commit-msg")


def test_the_line_of_a_mark_is_told(laptop: Work) -> None:
    said = said_with(laptop, f"Change\n\nBody.\n\n{TRAILER}\n")
    assert f"  message, line 5\n    {TRAILER}\n" in said.out


# --- a message given without an editor is stored unchanged ---


def test_a_hash_is_no_comment_where_no_editor_opens(laptop: Work) -> None:
    """With -m git keeps lines that begin with a hash, so that a mark in one counts."""
    said = laptop.git("commit", "--allow-empty", "-m", f"Change\n\n# {TRAILER}")
    assert_refused(said, "prepare-commit-msg")


def test_scissors_cut_nothing_where_no_editor_opens(laptop: Work) -> None:
    """Without an editor git keeps what is below a scissors line, so that a mark there counts."""
    message = f"Change\n\n# ------------------------ >8 ------------------------\n{TRAILER}\n"
    assert_refused(said_with(laptop, message, "-c", "commit.cleanup=scissors"), "prepare-commit-msg")


def test_commit_msg_judges_too_where_prepare_commit_msg_is_not_there(laptop: Work) -> None:
    (laptop.path / ".git/hooks/prepare-commit-msg").unlink()
    assert_refused(said_with(laptop, f"Change\n\n# {TRAILER}\n"), "commit-msg")


# --- what an editor leaves ---


def edited(work: Work, script: str, *args: str, **env: str) -> Said:
    """Commit with an editor that is a sed script."""
    return work.git(*args, GIT_EDITOR=f"sed -i -e '{script}'", **env)


COMMIT = ("commit", "--allow-empty")


def test_a_mark_that_is_typed_into_the_editor_is_refused(laptop: Work) -> None:
    said = edited(laptop, f"1iChange\\n\\n{TRAILER}", *COMMIT)
    assert_refused(said, "commit-msg")
    assert count(laptop) == 1


def test_a_comment_in_the_editor_does_not_count(laptop: Work) -> None:
    """Git strips comment lines after an editor, so that a mark in one doesn't refuse."""
    assert edited(laptop, f"1iChange\\n\\n# {TRAILER}", *COMMIT)
    assert stored(laptop) == "Change"


def test_a_comment_of_a_template_does_not_count(laptop: Work) -> None:
    """A mark in a comment of `commit.template` is stripped by git and doesn't refuse."""
    template = laptop.write(".git/template", f"\n# Never write this:\n# {TRAILER}\n")
    assert edited(laptop, "1iChange", "-c", f"commit.template={template}", *COMMIT)
    assert stored(laptop) == "Change"


def test_a_mark_in_a_template_counts(laptop: Work) -> None:
    template = laptop.write(".git/template", f"\n\n{TRAILER}\n")
    said = edited(laptop, "1iChange", "-c", f"commit.template={template}", *COMMIT)
    assert_refused(said, "commit-msg")


@pytest.fixture
def explained(laptop: Work) -> Work:
    """A laptop on which a line is staged that looks like a mark in a message, and in a file is none."""
    laptop.write("HOWTO.txt", f"{TRAILER}\n")
    laptop.did("add", "HOWTO.txt")
    return laptop


def test_the_diff_that_verbose_shows_does_not_count(explained: Work) -> None:
    """`commit -v` shows the diff below a scissors line, and a mark in that diff is no part of the message."""
    assert edited(explained, "1iChange", "commit", "-v")
    assert stored(explained) == "Change"


def test_a_mark_above_the_diff_that_verbose_shows_counts(explained: Work) -> None:
    """Only what is below the scissors line of `commit -v` is left out of the message."""
    assert_refused(edited(explained, f"1iChange\\n\\n{TRAILER}", "commit", "-v"), "commit-msg")


def test_another_comment_sign_begins_comments(laptop: Work) -> None:
    """With core.commentChar=; a line that begins with a semicolon is stripped and doesn't count."""
    assert edited(laptop, f"1iChange\\n\\n; {TRAILER}", "-c", "core.commentChar=;", *COMMIT)
    assert stored(laptop) == "Change"


def test_a_hash_begins_no_comment_where_another_sign_does(laptop: Work) -> None:
    """With core.commentChar=; a line that begins with a hash stays in the message and counts."""
    assert_refused(edited(laptop, f"1iChange\\n\\n# {TRAILER}", "-c", "core.commentChar=;", *COMMIT), "commit-msg")


def test_the_diff_that_verbose_shows_does_not_count_with_another_comment_sign(explained: Work) -> None:
    """The scissors line is recognised by the configured comment sign."""
    assert edited(explained, "1iChange", "-c", "core.commentChar=;", "commit", "-v")
    assert stored(explained) == "Change"


AUTO = ("-c", "core.commentChar=auto")


def test_the_comment_sign_that_git_chooses_begins_comments(laptop: Work) -> None:
    """With core.commentChar=auto git's own comments are stripped, whichever sign it chose."""
    assert edited(laptop, "1iChange", *AUTO, *COMMIT)
    assert stored(laptop) == "Change"


def test_a_hash_begins_no_comment_where_git_chooses_another_sign(laptop: Work) -> None:
    """With core.commentChar=auto and a message that begins with a hash git chooses another sign, and the line stays."""
    said = edited(laptop, "1iChange", *AUTO, *COMMIT, "-e", "-m", f"# {TRAILER}")
    assert_refused(said, "commit-msg")


def test_what_is_typed_below_the_template_does_not_hide_which_sign_git_chose(laptop: Work) -> None:
    """The chosen sign is found from git's comments even when text follows them."""
    said = edited(laptop, "$aThe last words.", *AUTO, *COMMIT, "-e", "-m", f"# {TRAILER}")
    assert_refused(said, "commit-msg")


def test_the_diff_that_verbose_shows_does_not_count_with_the_sign_that_git_chooses(explained: Work) -> None:
    """The scissors line is recognised by the sign that core.commentChar=auto leads to."""
    assert edited(explained, "1iChange", *AUTO, "commit", "-v")
    assert stored(explained) == "Change"


@pytest.mark.parametrize("cleanup", ["verbatim", "whitespace", "scissors"])
def test_comments_count_where_git_is_told_to_keep_them(laptop: Work, cleanup: str) -> None:
    """commit.cleanup modes that keep comments make a mark in a comment part of the message."""
    said = edited(laptop, f"1iChange\\n\\n# {TRAILER}\\n", "-c", f"commit.cleanup={cleanup}", *COMMIT)
    assert_refused(said, "commit-msg")


def test_what_lies_below_scissors_does_not_count(laptop: Work) -> None:
    """With commit.cleanup=scissors git cuts the message there, and a mark below is not committed."""
    said = edited(laptop, f"1iChange\n$a{TRAILER}", "-c", "commit.cleanup=scissors", *COMMIT)
    assert said
    assert stored(laptop) == "Change"


# --- in which encoding ---


def test_a_mark_in_a_latin_1_message_is_seen(laptop: Work) -> None:
    """A message in the encoding of i18n.commitEncoding is scanned although it isn't UTF-8."""
    latin = ("-c", "i18n.commitEncoding=ISO-8859-1")
    message = f"Añadir filas\n\n{TRAILER}\n".encode("latin-1")
    assert_refused(said_with(laptop, message, *latin), "prepare-commit-msg")


def test_a_latin_1_message_is_read_by_its_letters(laptop: Work) -> None:
    """A message is decoded before it is normalised, so that accents and soft hyphens in Latin-1 hide no mark."""
    latin = ("-c", "i18n.commitEncoding=ISO-8859-1")
    message = "Añadir filas\n\nCo-authored-by: Clàude <noreply@anthro\u00adpic.com>\n".encode("latin-1")
    assert_refused(said_with(laptop, message, *latin), "prepare-commit-msg")


def test_a_clean_latin_1_message_passes(laptop: Work) -> None:
    """Decoding by i18n.commitEncoding changes nothing in what git stores."""
    latin = ("-c", "i18n.commitEncoding=ISO-8859-1")
    assert said_with(laptop, "Añadir filas\n\nCo-authored-by: Zoë <zoe@example.org>\n".encode("latin-1"), *latin)
    assert "encoding ISO-8859-1" in laptop.did("cat-file", "commit", "HEAD")


def test_a_mark_in_an_encoding_that_is_not_ascii_is_read_by_the_name_git_stores(laptop: Work) -> None:
    """In UTF-7 the mark isn't in the bytes at all, so that the message has to be decoded to find it."""
    message = f"Change\n\n{TRAILER}\n".replace("@", "+AEA-").replace("<", "+ADw-").encode()
    assert_refused(said_with(laptop, message, "-c", "i18n.commitEncoding=UTF-7"), "prepare-commit-msg")


def test_bytes_that_are_no_text_hide_no_mark(laptop: Work) -> None:
    """Invalid UTF-8 in the subject doesn't keep the trailer below it from being read."""
    assert_refused(said_with(laptop, b"Change \xff\xfe\x80\n\n" + TRAILER.encode()), "prepare-commit-msg")


def test_what_a_terminal_would_obey_is_told_harmlessly(laptop: Work) -> None:
    said = said_with(laptop, f"Change\n\n{TRAILER} \x1b[2J\x07\n")
    assert_refused(said, "prepare-commit-msg")
    assert "\\x1b[2J\\x07" in said.out
    assert "\x1b" not in said.out
