"""What counts as a pointer is what the tools take: each form is given to the real git-lfs, git-annex and DVC."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import Work, init
from needs import DVC
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.scan.decoders.dvc_pointer import parse_dvc_pointers
from ringfence.scan.decoders.pointer import parse_pointers
from ringfence.scan.prefilter import load_prefilter

ROWS = b'{"answer": "a row"}\n'
OID, SIZE = hashlib.sha256(ROWS).hexdigest(), len(ROWS)
LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {SIZE}\n"

# Git LFS, as of 3.3.0: (content, whether git-lfs puts the content in its place).
LFS_FORMS = {
    "as written": (LFS, True),
    "CRLF": (LFS.replace("\n", "\r\n"), True),
    "empty lines before": ("\n\n" + LFS, True),
    "a blank before": (" " + LFS, True),
    "a no-break space before": ("\u00a0" + LFS, True),
    "a next-line before": ("\u0085" + LFS, True),
    "an ideographic space before": ("\u3000" + LFS, True),
    "a form feed before": ("\v\f" + LFS, True),
    "800 line ends before": ("\n" * 800 + LFS, True),
    "an empty line between": (LFS.replace("\noid", "\n\noid"), True),
    "an empty CRLF line between": (LFS.replace("\noid", "\r\n\r\noid"), True),
    "git-media": (LFS.replace("https://git-lfs.github.com/spec/v1", "http://git-media.io/v/2"), True),
    "hawser": (LFS.replace("git-lfs", "hawser"), True),
    "no end of line": (LFS[:-1], True),
    "blanks behind": (LFS[:-1] + "  \n\n \n", True),
    "a plus": (LFS.replace("size ", "size +"), True),
    "5000 line ends behind": (LFS + "\n" * 5000, True),
    "text behind the first kilobyte": (LFS + "\n" * 1000 + "other text\n", True),
    "a zero-width space before": ("\u200b" + LFS, False),
    "a byte order mark": ("\ufeff" + LFS, False),
    "a file separator before": ("\x1c" + LFS, False),
    "1000 line ends before": ("\n" * 1000 + LFS, False),
    "a blank between": (LFS.replace("\noid", "\n \noid"), False),
    "http": (LFS.replace("https", "http"), False),
    "order": ("\n".join((*LFS.split("\n")[0:3:2], LFS.split("\n")[1])) + "\n", False),
    "another key": (LFS + "x y\n", False),
    "upper case": (LFS.replace(OID, OID.upper()), False),
    "a longer id": (LFS.replace(OID, OID + "ff"), False),
    "SHA-512": (LFS.replace("sha256", "sha512"), False),
    "hexadecimal size": (LFS.replace(f"size {SIZE}", "size 0x14"), False),
    "a tab": (LFS.replace("version ", "version\t"), False),
    "CR alone": (LFS.replace("\n", "\r"), False),
    "no size": (LFS.partition("size")[0], False),
}


@pytest.mark.parametrize("form", LFS_FORMS)
def test_a_form_of_git_lfs_is_a_pointer_if_git_lfs_takes_it(form: str) -> None:
    text, is_taken = LFS_FORMS[form]
    pointers = parse_pointers(text.encode())
    assert not is_taken or [(item.store, item.key) for item in pointers] == [("lfs", OID)]
    # What git-lfs refuses is text, or misleads, or is as Xet has it.
    assert is_taken or form == "another key" or all(item.fault for item in pointers)
    assert bool(is_taken and pointers[0].fault) == (form == "text behind the first kilobyte")


@pytest.mark.needs("git-lfs")
def test_git_lfs_takes_these_forms(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    kept = work.path / ".git/lfs/objects" / OID[:2] / OID[2:4] / OID
    kept.parent.mkdir(parents=True)
    kept.write_bytes(ROWS)
    taken = {form: work.git("lfs", "smudge", stdin=text.encode()).out.encode() == ROWS
             for form, (text, _) in LFS_FORMS.items()}  # fmt: skip
    assert taken == {form: is_taken for form, (_, is_taken) in LFS_FORMS.items()}


# git-annex, as of 10.20230126 and 10.20261026: (content, whether git-annex has a key for it).
KEY = f"SHA256E-s{SIZE}--{OID}.jsonl"
ANNEX_FORMS = {
    "as written": (f"/annex/objects/{KEY}\n", True),
    "no end of line": (f"/annex/objects/{KEY}", True),
    "in the git directory": (f".git/annex/objects/{KEY}\n", True),
    "a link": (f"../../.git/annex/objects/Xx/Yy/{KEY}/{KEY}", True),
    "any folder": (f"some/where/annex/objects/{KEY}\n", True),
    "a drive": (f"C:/x/annex/objects/{KEY}\n", True),
    "a folder with a blank": (f"a b/annex/objects/{KEY}\n", True),
    "a blank before": (f" /annex/objects/{KEY}\n", True),
    "a byte order mark": (f"\ufeff/annex/objects/{KEY}\n", True),
    "CRLF": (f"/annex/objects/{KEY}\r\n", True),
    "a folder below": (f"/annex/objects/a/b/{KEY}\n", True),
    "9000 bytes before": (f"/{'x' * 9000}/annex/objects/{KEY}\n", True),
    "a backend without hash": ("/annex/objects/WORM-s3-m1--a.txt\n", True),
    "an address": ("/annex/objects/URL--http&c%%x.example%a\n", True),
    "no size": ("/annex/objects/X--abc\n", True),
    "a second line of annex's": (f"/annex/objects/{KEY}\n/annex/more\n", True),
    "no folder before": (f"annex/objects/{KEY}\n", False),
    "a line end before": (f"\n/annex/objects/{KEY}\n", False),
    "a second line": (f"x/annex/objects/{KEY}\nmore\n", False),
    "backslashes": (f"x\\annex\\objects\\{KEY}\n", False),
    "no key": ("/annex/objects/nokey\n", False),
    "fields out of order": ("/annex/objects/X-m2-s1--a\n", False),
    "an unknown field": ("/annex/objects/X-q1--a\n", False),
    "33,000 bytes before": (f"/{'x' * 33_000}/annex/objects/{KEY}\n", False),
}


@pytest.mark.parametrize("form", ANNEX_FORMS)
def test_a_form_of_git_annex_is_a_pointer_if_git_annex_takes_it(form: str) -> None:
    text, is_taken = ANNEX_FORMS[form]
    pointers = parse_pointers(text.encode())
    assert [(item.store, item.fault) for item in pointers] == [("annex", "")] * is_taken


@pytest.mark.needs("git-annex")
def test_git_annex_takes_these_forms(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.did("annex", "init", "-q")
    taken = {}
    for form, (text, _) in ANNEX_FORMS.items():
        work.write("file", text)
        oid = work.did("hash-object", "-w", "--stdin", stdin=text.encode())
        work.did("update-index", "--add", "--cacheinfo", f"100644,{oid},file")
        taken[form] = bool(work.git("annex", "lookupkey", "file"))
    assert taken == {form: is_taken for form, (_, is_taken) in ANNEX_FORMS.items()}


# DVC, as of 3.67.1: (`rows.dvc`, what DVC makes of it: the MD5 of each output, "" for none).
MD5 = hashlib.md5(ROWS).hexdigest()
DVC_FORMS = {
    "as written": (f"outs:\n- md5: {MD5}\n  size: {SIZE}\n  hash: md5\n  path: a\n", [MD5]),
    "JSON": (json.dumps({"outs": [{"md5": MD5, "path": "a"}]}), [MD5]),
    "dense JSON": (json.dumps({"outs": [{"md5": MD5, "path": "a"}]}, separators=(",", ":")), [MD5]),
    "one line": (f"outs: [{{md5: {MD5}, path: a}}]\n", [MD5]),
    "CRLF": (f"outs:\r\n- md5: {MD5}\r\n  path: a\r\n", [MD5]),
    "comments": (f"outs: # by hand\n- md5: {MD5} # x\n  path: a\n", [MD5]),
    "quotes": (f'"outs":\n- "md5": "{MD5}"\n  \'path\': a\n', [MD5]),
    "escapes": (f'"o\\x75ts":\n- md5: {MD5}\n  path: a\n', [MD5]),
    "blanks before the colon": (f"outs  :\n- md5: {MD5}\n  path: a\n", [MD5]),
    "a complex key": (f"? outs\n: - md5: {MD5}\n    path: a\n", [MD5]),
    "an anchor": (f"outs:\n- &x\n  md5: {MD5}\n  path: a\n", [MD5]),
    "an alias": (f"meta: &m [{{md5: {MD5}, path: a}}]\nouts: *m\n", [MD5]),
    "a merge": (f"meta: &m {{md5: {MD5}}}\nouts:\n- <<: *m\n  path: a\n", [MD5]),
    "a document's marks": (f"---\nouts:\n- md5: {MD5}\n  path: a\n...\n", [MD5]),
    "a directive": (f"%YAML 1.2\n---\nouts:\n- md5: {MD5}\n  path: a\n", [MD5]),
    "a byte order mark": (f"\ufeffouts:\n- md5: {MD5}\n  path: a\n", [MD5]),
    "notes": (f"outs:\n- md5: {MD5}\n  path: a\n  desc: d\n  labels: [l]\n  meta: {{x: 1}}\n  push: false\n", [MD5]),
    "no cache": (f"outs:\n- md5: {MD5}\n  path: a\n  cache: false\n", [MD5]),
    "etag": ("outs:\n- etag: 00112233445566778899aabbccddeeff\n  path: a\n", [""]),
    "checksum": ("outs:\n- checksum: abc\n  path: a\n", [""]),
    "version": ("outs:\n- path: a\n  version_id: bb\n", [""]),
    "not downloaded": ("frozen: true\ndeps:\n- path: https://x.example/rows\nouts:\n- path: a\n", [""]),
    "two": (f"outs:\n- md5: {MD5}\n  path: a\n- path: b\n", [MD5, ""]),
    "none": ("outs:\n", []),
    "another key": (f"other: 1\nouts:\n- md5: {MD5}\n  path: a\n", None),
    "an output's other key": (f"outs:\n- md5: {MD5}\n  path: a\n  other: 1\n", None),
    "two documents": (f"---\nouts:\n- md5: {MD5}\n  path: a\n---\nx: 1\n", None),
}  # fmt: skip
_LIST = """
import json, sys
from dvc.repo import Repo
made = {}
Repo.init(".", no_scm=True)
for form, text in json.load(sys.stdin).items():
    with open("rows.dvc", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    try:
        made[form] = [out.hash_info.value or "" for out in Repo(".").index.outs]
    except Exception:
        made[form] = None
json.dump(made, sys.stdout)
"""


@pytest.mark.parametrize("form", DVC_FORMS)
def test_a_form_of_dvc_has_the_pointers_that_dvc_finds(form: str) -> None:
    text, made = DVC_FORMS[form]
    assert [item.key for item in parse_pointers(text.encode())] == (made or [])


@pytest.mark.needs("dvc")
def test_dvc_takes_these_forms(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DVC_TEST": "1", "LC_ALL": "C.UTF-8"}
    forms = json.dumps({form: text for form, (text, _) in DVC_FORMS.items()})
    done = subprocess.run([DVC, "-c", _LIST], cwd=tmp_path, env=env, input=forms.encode(), check=True,
                          capture_output=True, timeout=60)  # fmt: skip
    assert json.loads(done.stdout[done.stdout.index(b"{") :]) == {form: made for form, (_, made) in DVC_FORMS.items()}


def test_merges_double_nothing() -> None:
    lines = ["meta:", "  m0: &m0 {size: 1}"]
    lines += [f"  m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}" for n in range(1, 60)]
    text = "\n".join([*lines, f"outs:\n- <<: [{', '.join(['*m59'] * 50)}]\n  path: a\n  md5: {MD5}\n"])
    assert [item.key for item in parse_pointers(text.encode())] == [MD5]


NO_POINTERS = {
    "dvc.yaml": f"stages:\n  a:\n    cmd: make\n    outs:\n    - rows:\n        cache: false\n    md5: {MD5}\n",
    "code": "def outs(path):\n    return path\n",
    "other YAML": "outs:\n- rows\n- tables\n",
    "other JSON": '{"outs": [{"path": "a", "colour": "red"}]}',
    "a list": f'[{{"outs": [{{"path": "a", "md5": "{MD5}"}}]}}]',
    "deep": '{"outs": ' + "[" * 100_000,
    "deep and closed": '{"outs": ' + "[" * 5000 + "]" * 5000 + "}",
}


@pytest.mark.parametrize("name", NO_POINTERS)
def test_what_is_no_file_of_dvcs_has_no_pointer(name: str) -> None:
    assert parse_pointers(NO_POINTERS[name].encode()) == []


def test_files_of_a_folder_that_a_remote_keeps_by_version_are_pointers() -> None:
    text = f"outs:\n- path: d\n  files:\n  - relpath: a\n    md5: {MD5}\n    version_id: x\n  - relpath: b/c\n"
    assert [(item.path, item.key) for item in parse_dvc_pointers(text.encode())] == [("d/a", MD5), ("d/b/c", "")]


def test_one_list_in_thousands_of_places_is_one_pointer() -> None:
    one = "outs: &o [" + ", ".join("{path: a}" for _ in range(1000)) + "]"
    stages = "\n".join(f"  s{number}: {{outs: *o}}" for number in range(1000))
    text = f"schema: '2.0'\nstages:\n  s: {{{one}}}\n{stages}\n"
    assert [item.path for item in parse_dvc_pointers(text.encode())] == [""]


def test_every_form_is_suspected(tmp_path: Path) -> None:
    """What the prefilter doesn't suspect is taken for clean without being read."""
    prefilter = load_prefilter(load_plan(Inputs(tags=(("eval", "--tag"),))))
    forms = {name: text for name, (text, made) in (LFS_FORMS | ANNEX_FORMS | DVC_FORMS).items() if made}
    suspects = prefilter.find_suspects([text.encode() for text in forms.values()])
    assert set(suspects) == set(range(len(forms)))


# Outputs that DVC leaves to git.


def lock(work: Work, name: str, digest: str) -> None:
    out = f"    - path: {name}\n      hash: md5\n      md5: {digest}\n"
    work.write("sub/dvc.lock", f"schema: '2.0'\nstages:\n  eval:\n    cmd: make\n    outs:\n{out}")


@pytest.mark.parametrize("how", ["commit", "staged"])
def test_an_output_that_git_keeps_is_read_there(laptop: Work, how: str) -> None:
    laptop.write("sub/metrics.json", ROWS)
    lock(laptop, "metrics.json", MD5)
    laptop.did("add", "-A")
    if how == "commit":
        laptop.did("commit", "-q", "--no-verify", "-m", "Add metrics")
    check = {"commit": ("--range", "HEAD~1..HEAD"), "staged": ("--staged",)}[how]
    assert laptop.ringfence("check", *check).status == 0


def test_a_file_on_disk_beside_a_pointer_is_not_taken_for_read(laptop: Work) -> None:
    laptop.write("sub/metrics.json", ROWS)
    lock(laptop, "metrics.json", MD5)
    assert laptop.ringfence("check", "--files", "sub/dvc.lock").status == 3


@pytest.mark.parametrize(
    ("name", "content"), [("metrics.json", "{}\n"), ("other.json", ROWS), ("../../metrics.json", ROWS), ("/m", ROWS)]
)
def test_an_output_that_git_lacks_is_unread(laptop: Work, name: str, content: str | bytes) -> None:
    laptop.write("sub/metrics.json", content)
    lock(laptop, name, MD5)
    laptop.did("add", "-A")
    said = laptop.ringfence("check", "--staged")
    assert said.status == 3
    assert "DVC pointer: the content is neither in git nor in a local store" in said.out


def test_a_folder_with_a_line_end_in_its_name_asks_git_for_nothing_else(laptop: Work) -> None:
    laptop.write("a\nb/rows.dvc", f"outs:\n- md5: {MD5}\n  path: rows\n  cache: false\n")
    laptop.write("a\nb/rows", ROWS)
    laptop.did("add", "-A")
    assert laptop.ringfence("check", "--staged").status == 3


def test_an_output_with_windows_line_ends_has_the_hash_of_dvcs_second_version(laptop: Work) -> None:
    laptop.write("rows.txt", b"a\r\nb\r\n" * 50_000)
    digest = hashlib.md5(b"a\nb\n" * 50_000).hexdigest()
    laptop.write("rows.dvc", f"outs:\n- md5: {digest}\n  path: rows.txt\n  cache: false\n")
    laptop.did("add", "-A")
    assert laptop.ringfence("check", "--staged").status == 0


def test_a_folder_that_git_keeps_is_read_there(laptop: Work) -> None:
    files = {"a.json": ROWS, "b/c.json": b"{}\n", "b.json": b"[]\n"}
    for name, data in files.items():
        laptop.write(f"plots/{name}", data)
    listed = [{"md5": hashlib.md5(data).hexdigest(), "relpath": name} for name, data in sorted(files.items())]
    digest = hashlib.md5(json.dumps(listed).encode()).hexdigest()
    laptop.write("plots.dvc", f"outs:\n- md5: {digest}.dir\n  hash: md5\n  path: plots\n  cache: false\n")
    laptop.commit("Add plots")
    assert laptop.ringfence("check", "--range", "HEAD~1..HEAD").status == 0
    laptop.write("plots/a.json", "{}\n")
    laptop.did("commit", "-qam", "Change a plot", "--no-verify")
    assert laptop.ringfence("check", "--range", "HEAD~2..HEAD~1").status == 0
    laptop.write("plots.dvc", f"outs:\n- md5: {digest}.dir\n  path: plots\n  cache: false\n")
    laptop.did("commit", "-qam", "Change the pointer", "--no-verify")
    assert laptop.ringfence("check", "--range", "HEAD~1..HEAD").status == 3


def test_more_outputs_than_a_report_shows_are_all_read_in_git(laptop: Work) -> None:
    outs = ""
    for number in range(30):
        laptop.write(f"m/{number}.json", f"[{number}]\n")
        digest = hashlib.md5(f"[{number}]\n".encode()).hexdigest()
        outs += f"    - path: m/{number}.json\n      hash: md5\n      md5: {digest}\n"
    laptop.write("dvc.lock", f"schema: '2.0'\nstages:\n  eval:\n    cmd: make\n    outs:\n{outs}")
    laptop.did("add", "-A")
    assert laptop.ringfence("check", "--staged").status == 0
    for number in range(30):
        (laptop.path / f"m/{number}.json").unlink()
    laptop.did("add", "-A")
    said = laptop.ringfence("check", "--staged")
    assert (said.status, "and 20 more parts of it" in said.out) == (3, True)
