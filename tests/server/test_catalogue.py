"""An organisation's own vendor files hold on its server."""

from __future__ import annotations

from pathlib import Path

from conftest import Work
from policy.test_catalogue import VENDOR


def test_a_server_finds_the_organisations_own_vendors_and_refuses_when_they_break(
    clone: Work, server: Work, tmp_path: Path
) -> None:
    vendor = tmp_path / "org" / "vendors" / "acme.toml"
    vendor.parent.mkdir(parents=True)
    vendor.write_text(VENDOR)
    (tmp_path / "org" / "policy.toml").write_text('version = 1\ncatalogue = ["vendors"]\n')
    server.did("config", "ringfence.policy", str(tmp_path / "org" / "policy.toml"))
    clone.commit("Sort\n\nCo-authored-by: Acme Coder <coder@acme.example>")
    refused = clone.git("push", "origin", "HEAD:main")
    assert refused.status
    assert "[acme-coder-address]" in refused.out
    clone.did("commit", "--amend", "--allow-empty", "-qm", "Sort")
    vendor.write_text("x = = 1")
    refused = clone.git("push", "origin", "HEAD:main")
    assert refused.status
    assert "acme.toml: not TOML" in refused.out
    vendor.write_text(VENDOR)
    assert clone.git("push", "origin", "HEAD:main")
