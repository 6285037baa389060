"""What status makes of nginx's configuration, as nginx itself prints it."""

from __future__ import annotations

from pathlib import Path

import pytest

import needs
from ringfence.setup.web_check import check_nginx

PARAMS = "fastcgi_param GIT_PROJECT_ROOT /srv/git; fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;"
HEAD = "location ~ ^/git(/.*)"
GOOD = f"{HEAD} hands on what git sends at once"
BAD = f"{HEAD} holds back what git sends: a slow check ends as HTTP 504 while the push goes in"
CASES = {
    "none": ("location / { return 404; }", "", []),
    "missing": (f"{HEAD} {{ fastcgi_pass unix:/run/f.sock; {PARAMS} }}", "", [(False, BAD)]),
    "zero, which fcgiwrap takes for set": (f"{HEAD} {{ {PARAMS} fastcgi_param NO_BUFFERING 0; }}", "", [(True, GOOD)]),
    "in a comment": (f"{HEAD} {{ {PARAMS}\n# fastcgi_param NO_BUFFERING 1;\n}}", "", [(False, BAD)]),
    "there": (f'{HEAD} {{ {PARAMS} fastcgi_param NO_BUFFERING "1"; }}', "", [(True, GOOD)]),
    "included": (f"{HEAD} {{ include *_params; }}", f"{PARAMS} fastcgi_param NO_BUFFERING 1;", [(True, GOOD)]),
    "git's parameters included": (f"{HEAD} {{ include *_params; }}", PARAMS, [(False, BAD)]),
    "other location": (f"{HEAD} {{ {PARAMS} }} location / {{ fastcgi_param NO_BUFFERING 1; }}", "", [(False, BAD)]),
}  # fmt: skip


@pytest.mark.needs("nginx")
@pytest.mark.parametrize("case", CASES)
def test_a_location_for_git_must_ask_fcgiwrap_to_buffer_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    location, params, expected = CASES[case]
    config = f"pid {tmp_path}/pid; events {{ }} http {{ access_log off; server {{ listen 127.0.0.1:1; {location} }} }}"
    (tmp_path / "nginx.conf").write_text(config)
    (tmp_path / "git_params").write_text(params)
    program = tmp_path / "bin/nginx"
    program.parent.mkdir()
    real = needs.find("nginx")
    program.write_text(f'#!/bin/sh\nexec {real} -e {tmp_path}/log -c {tmp_path}/nginx.conf "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    assert [(each.is_good, each.detail) for each in check_nginx()] == expected
    (tmp_path / "nginx.conf").write_text("nonsense")
    [broken] = check_nginx()
    assert broken.is_good
    assert broken.detail.startswith("not checked (")
