"""`ringfence vendors watch` fetches packages by their registries' clients, and says what is new, gone and unknown."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from conftest import Work

LIST = """[[package]]
vendor = "aider"
product = "aider"
registry = "{registry}"
name = "{name}"
words = ["AIDER"]
folders = [".aider"]
"""


def write_wheel(folder: Path, version: str, source: str) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"agent_x-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("agent_x/main.py", source)
        wheel.writestr(
            f"agent_x-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: agent-x\nVersion: {version}\n"
        )
        wheel.writestr(f"agent_x-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"agent_x-{version}.dist-info/RECORD", "")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    (tmp_path / "list.toml").write_text(LIST.format(registry="pypi", name="agent-x"))
    return Work(tmp_path)


def watch(place: Work, *options: str, status: int = 0) -> list[str]:
    said = place.ringfence("vendors", "watch", "--list", "list.toml", "--seen", "seen.json", *options)
    assert said.status == status, said.out
    return said.out.splitlines()


def test_what_is_new_gone_and_unknown_is_said(place: Work) -> None:
    write_wheel(
        place.path / "wheels", "1.0", 'LINE = "Co-authored-by: aider ({m}) <aider@aider.chat>"\nAIDER_PID = "1"\n'
    )
    lines = watch(place, "--write", "--draft")
    assert lines[0] == "agent-x 1.0"
    assert lines[1] == "  new  environment AIDER_PID: NO MARKER"
    assert '    variable = "AIDER_PID"' in lines
    assert "  new  message     Co-authored-by: aider (…) <aider@aider.chat>: aider-address" in ",".join(lines)
    assert lines[-1] == "  2 findings, 1 without a marker"
    write_wheel(place.path / "wheels", "1.1", 'LINE = "Co-authored-by: aider ({m}) <aider@aider.chat>"\n')
    again = watch(place)
    assert again[0].startswith("agent-x 1.1, was 1.0 on 20")
    assert again[1] == "  gone environment AIDER_PID: NO MARKER"
    assert not any("Co-authored-by" in line for line in again)
    assert any("  same message" in line for line in watch(place, "--all"))


def test_json_says_the_same(place: Work) -> None:
    write_wheel(place.path / "wheels", "1.0", 'x = "refs/notes/aider"\n')
    (result,) = json.loads("\n".join(watch(place, "--json")))
    assert result["version"] == "1.0"
    assert result["items"] == [{"kind": "ref", "text": "refs/notes/aider", "state": "new", "markers": []}]


def test_a_package_that_is_not_there_is_incomplete(place: Work) -> None:
    lines = watch(place, status=3)
    assert lines[0] == "agent-x (not read)"
    assert lines[1].startswith("  INCOMPLETE agent-x: ERROR: No matching distribution found")


def test_nothing_of_a_package_is_run(place: Work) -> None:
    write_wheel(place.path / "wheels", "1.0", f"open({str(place.path / 'run')!r}, 'w')\n")
    assert watch(place)[1] == "  nothing found: its program may be packed"
    assert not (place.path / "run").exists()


@pytest.mark.parametrize(
    ("options", "content", "said"),
    [
        (("no-such",), LIST.format(registry="pypi", name="x"), "no package of `no-such` is watched"),
        ((), "[[package]]\nvendor = 1\n", "isn't a list of packages"),
        ((), "[[", "isn't a list of packages"),
    ],
)
def test_a_wrong_request_is_an_error(place: Work, options: tuple[str, ...], content: str, said: str) -> None:
    place.write("list.toml", content)
    assert said in "\n".join(watch(place, *options, status=4 if not options else 2))


def pack(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.fixture
def registry() -> Iterator[tuple[str, list[str]]]:
    """Serve two packages as npm's registry does: one with a part for each platform, of which one can't be fetched."""
    parts = {"agent-y-linux-x64": "2.0.0", "agent-y-gone-linux-x64": "2.0.0", "other-linux-x64": "1.0.0"}
    facts = {
        "name": "agent-y",
        "version": "2.0.0",
        "optionalDependencies": parts,
        "scripts": {"postinstall": "touch run"},
    }
    packages = {
        "agent-y": pack({"package.json": json.dumps(facts), "cli.js": 'spawn({AIDER_SESSION_ID:"1"})'}),
        "agent-y-linux-x64": pack({"package.json": "{}", "bin/agent": "\0Co-authored-by: aider <aider@aider.chat>\0"}),
    }
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            name = self.path.strip("/").removesuffix(".tgz")
            if name not in packages:
                self.send_error(404)
                return
            body = packages[name]
            if not self.path.endswith(".tgz"):
                digest = base64.b64encode(hashlib.sha512(body).digest()).decode()
                dist = {"tarball": f"http://127.0.0.1:{server.server_port}/{name}.tgz", "integrity": f"sha512-{digest}"}
                version = {"name": name, "version": "2.0.0", "dist": dist} | (facts if name == "agent-y" else {})
                body = json.dumps(
                    {"name": name, "dist-tags": {"latest": "2.0.0"}, "versions": {"2.0.0": version}}
                ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


@pytest.mark.long
@pytest.mark.needs("npm")
def test_packages_of_npm_are_read_with_their_programs(
    place: Work, registry: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("list.toml", LIST.format(registry="npm", name="agent-y"))
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", registry[0])
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(place.path / "npm"))
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")
    lines = watch(place, status=3)
    assert lines[:2] == ["agent-y 2.0.0", "  INCOMPLETE not read: agent-y-gone-linux-x64@2.0.0"]
    assert lines[2] == "  new  environment AIDER_SESSION_ID: NO MARKER"
    assert lines[3].startswith("  new  message     Co-authored-by: aider <aider@aider.chat>: aider-")
    assert not any(path.name == "run" for path in place.path.rglob("run"))
    assert "/other-linux-x64" not in registry[1]
