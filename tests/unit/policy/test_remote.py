from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, init
from ringfence.errors import PolicyError, UsageError
from ringfence.policy.remote import fetch_policy

POLICY = 'version = 1\ncatalogue = ["vendors"]\n'


@pytest.fixture
def upstream(tmp_path: Path) -> Work:
    work = init(tmp_path / "policy")
    work.did("config", "uploadpack.allowAnySHA1InWant", "true")
    return work


def test_a_pinned_policy_comes_with_its_vendor_files(upstream: Work) -> None:
    pin = upstream.commit(files={"policy.toml": POLICY, "vendors/acme.toml": "name = 1\n", "vendors/README": "x"})
    upstream.commit(files={"policy.toml": "version = 2\n"})
    layer = fetch_policy(f"file://{upstream.path}", pin)
    assert (layer.kind, layer.is_authoritative, layer.data) == ("organisation", True, POLICY.encode())
    assert [(name.endswith(b":vendors/acme.toml"), data) for name, data in layer.vendors] == [(True, b"name = 1\n")]


@pytest.mark.parametrize("revision", ["main", "abc123", "A" * 40])
def test_a_name_or_a_short_id_is_no_pin(revision: str) -> None:
    with pytest.raises(UsageError) as refused:
        fetch_policy("https://example.org/policy", revision)
    assert "isn't a full commit id" in refused.value.message


def test_an_address_is_never_read_as_an_option() -> None:
    with pytest.raises(UsageError):
        fetch_policy("--upload-pack=touch x", "a" * 40)


def test_a_policy_file_above_the_limit_is_refused(upstream: Work) -> None:
    pin = upstream.commit(files={"policy.toml": "#" * ((1 << 20) + 1)})
    with pytest.raises(PolicyError) as refused:
        fetch_policy(f"file://{upstream.path}", pin)
    assert refused.value.message.endswith("policy.toml: the policy file has 1,048,577 bytes; the limit is 1 MiB.")


def test_a_commit_without_a_policy_is_refused(upstream: Work) -> None:
    pin = upstream.commit(files={"README.md": "x"})
    with pytest.raises(PolicyError) as refused:
        fetch_policy(f"file://{upstream.path}", pin)
    assert refused.value.message.endswith("has no policy.toml.")
