"""A policy that names signers is replaced by one that two of them have signed, and by no other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import Work

pytestmark = pytest.mark.needs("ssh-keygen")


def sign(signers: Path, file: Path, name: str) -> str:
    """Sign a file as the docs say, and return the option that hands the signature over."""
    signature = Path(f"{file}.sig")
    signature.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "ringfence", "-f", str(signers.parent / name), str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return f"--signed={name}={signature.rename(f'{file}.{name}')}"


def test_two_people_sign_a_new_policy(signers: Path, tmp_path: Path) -> None:
    here, target = Work(tmp_path), tmp_path / "etc/policy.toml"
    first = here.write("first.toml", f'version = 1\n[approvals]\nsigners = "{signers}"\n')
    second = here.write("second.toml", first.read_text() + '[tag.eval]\nweak = "block"\n')

    def install(*more: str, file: Path = second) -> int:
        return here.ringfence("policy", "install", str(file), "--to", str(target), *more).status

    ann = sign(signers, first, "ann")
    assert install(ann, file=first) == 2  # nothing is in force yet that names signers
    assert install(file=first) == 0
    ann, bob, eve, old = (*(sign(signers, second, name) for name in ("ann", "bob", "eve")), sign(signers, first, "bob"))
    wrong = f"--signed=bob={ann.rpartition('=')[2]}"
    for given in (
        (),
        (ann,),
        (ann, ann),
        (ann, eve),
        (ann, wrong),
        (ann, old),
        (ann, "--signed=bob=none"),
        (ann, "bob"),
    ):
        assert install(*given) == 2, given
        assert target.read_text() == first.read_text()
    separate = signers.read_text()
    signers.write_text(f"{separate}bob {(signers.parent / 'ann.pub').read_text()}")
    said = here.ringfence("policy", "install", str(second), "--to", str(target), ann, wrong)
    assert (said.status, "ann and bob sign with one key: that is one person." in said.out) == (2, True)
    signers.write_text(separate)
    assert install(ann, bob) == 0
    assert target.read_text() == second.read_text()
    assert here.ringfence("policy", "install", "--previous", "--to", str(target))
    assert target.read_text() == first.read_text()


def test_where_the_one_in_force_is_broken_the_new_ones_signers_count(signers: Path, tmp_path: Path) -> None:
    here, target = Work(tmp_path), tmp_path / "policy.toml"
    target.write_text("version = ")
    new = here.write("new.toml", f'version = 1\n[approvals]\nsigners = "{signers}"\n')
    command = ("policy", "install", str(new), "--to", str(target))
    said = here.ringfence(*command)
    assert said.status == 2
    assert "signed by two people" in said.out
    assert here.ringfence(*command, *(sign(signers, new, name) for name in ("ann", "bob")))
