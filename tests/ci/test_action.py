"""The action that GitHub runs: its own script, as the runner would start it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ci.conftest import Run, ci, pull
from conftest import TRAILER, Said, Work, run

TOP = Path(__file__).parents[2]
(STEP,) = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))["runs"]["steps"]


def started(on: Run, event: dict[str, object], **inputs: str) -> Said:
    """Start the action's step with what a runner sets."""
    place = on.path.parent
    (place / "event.json").write_text(json.dumps({"repository": {"default_branch": "main"}} | event))
    env = {name: inputs.get(name.lower(), "") for name in STEP["env"]} | {
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(place / "event.json"), "GITHUB_ACTION_PATH": str(TOP),
        "GITHUB_STEP_SUMMARY": str(place / "summary.md"), "RUNNER_TEMP": str(place),
    }  # fmt: skip
    return run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"], cwd=on.path, **env)


@pytest.mark.long
@pytest.mark.slow
def test_the_action_refuses_annotates_and_sums_up(forge: Work, tmp_path: Path) -> None:
    """A marked branch fails the step with every output written, and its files venv.py and pip.py are not run."""
    forge.commit(f"One\n\n{TRAILER}", files={"venv.py": "raise SystemExit('run')\n", "pip.py": "raise SystemExit\n"})
    forge.commit("Two")
    on = ci(forge, "--depth", "1")
    inputs = {name: str(tmp_path / name) for name in ("sarif", "html", "receipt")}
    said = started(on, pull(forge), **inputs)
    assert said.status == 1, said.out
    assert said.out.startswith("::error title=ringfence%3A Mark of Claude Code")
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("### 🛑 ringfence: refused (training-data)\n")
    assert json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]
    assert json.loads((tmp_path / "receipt").read_text())["predicate"]["verificationResult"] == "FAILED"
    assert "ringfence: refused" in (tmp_path / "html").read_text("utf-8")


def test_what_people_give_is_no_part_of_the_script() -> None:
    assert "${{" not in STEP["run"]
    names = {"tag", "policy", "policy-repo", "policy-rev", "sarif", "html", "receipt", "receipt-key", "require-tag"}
    assert set(STEP["env"].values()) == {f"${{{{ inputs.{name} }}}}" for name in names}
