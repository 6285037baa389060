"""Hooks are tested with a marked commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.setup import canary
from ringfence.setup.host_checks import CheckResult

BY_RINGFENCE = "echo 'ringfence pre-receive: refused, 1 mark' >&2; exit 1"


@pytest.mark.parametrize(
    ("script", "result"),
    [
        (BY_RINGFENCE, CheckResult("pre-receive canary", True, "refused, as it should be")),
        (
            "exit 0",
            CheckResult("pre-receive canary", False, "a marked commit was accepted", "see the results above"),
        ),
    ],
)
def test_a_server_hook_must_refuse_by_a_verdict(tmp_path: Path, script: str, result: CheckResult) -> None:
    hook = tmp_path / "hooks/pre-receive"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
    installer = canary.build_folder_installer(str(hook.parent))
    assert canary.check_server_hook(installer, "pre-receive", [], str(tmp_path)) == result


def test_a_refusal_of_another_hook_proves_nothing(tmp_path: Path) -> None:
    hook = tmp_path / "chained"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    installer = canary.build_hook_installer(str(hook), 'pre-receive "$@"')
    checked = canary.check_server_hook(installer, "pre-receive", [], str(tmp_path))
    assert not checked.is_good
    assert checked.detail == "refused, but not by a verdict of ringfence: remote: not today"


def test_gerrits_hook_is_called_with_named_arguments(tmp_path: Path) -> None:
    canary.build_hook_installer("/srv/a b/ref-update", "gerrit")(str(tmp_path))
    assert (tmp_path / "hooks/update").read_text() == (
        "#!/bin/sh\nexec '/srv/a b/ref-update'"
        ' --project canary --refname "$1" --uploader canary --oldrev "$2" --newrev "$3"\n'
    )
