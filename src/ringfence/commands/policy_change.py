"""`ringfence policy install` and `policy diff`: puts a new policy in force, goes back, and says what one changes."""

from __future__ import annotations

import os
import shutil
import tempfile
from itertools import combinations
from typing import Annotated

import typer

from ..audit.policy_diff import compare_repositories, compare_rules
from ..errors import ExitCode, PolicyError, UsageError
from ..policy.inputs import SYSTEM_POLICY, Inputs, Layer, read_file, read_layer
from ..policy.schema.parse import parse_toml
from ..policy.schema.policy_file import PolicyFile
from ..policy.signatures import refuse_one_key, verify_signature
from ..reports.wording import format_count
from .policy_check import check_layers

_PREVIOUS = ".previous"
_SIGNERS = 2  # people
_SIGN = "Each types: ssh-keygen -Y sign -n ringfence -f KEY FILE; then give --signed NAME=FILE.sig for each."


def install(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="The new policy.")] = None,
    *,
    target: Annotated[str, typer.Option("--to", metavar="PATH", help="Where the policy in force is.")] = SYSTEM_POLICY,
    previous: Annotated[
        bool, typer.Option("--previous", help="Put the policy in force that was there before the last install.")
    ] = False,
    signed: Annotated[
        list[str] | None,
        typer.Option(
            "--signed", metavar="NAME=FILE", help="A person's SSH signature of the new policy; two people's, repeated."
        ),
    ] = None,
) -> int:
    """Check a policy, and put it in force in one step, so that no push meets half of it.

    The one before is kept beside it, for --previous. Where the policy in force names signers, two of them have to have
    signed the new one: ssh-keygen -Y sign -n ringfence -f KEY FILE.
    """
    if bool(file) == previous:
        raise UsageError("give a policy file, or --previous.")
    target = os.path.abspath(target)
    kept = target + _PREVIOUS
    source = kept if previous else os.path.abspath(str(file))
    if previous and not os.path.exists(kept):
        raise UsageError(f"{kept} doesn't exist: there is no earlier policy.", "ringfence policy install FILE")
    # Relative paths in the policy count from where it will be.
    data = read_file(source, source)
    rivals = check_layers(Inputs((Layer(source, "organisation", data, True, target),)))
    if not previous:  # which was signed when it was put in force
        _check_signatures(_find_signers(target, data), data, signed or [])
    try:
        _replace_files(target, kept, data)
    except OSError as error:
        raise UsageError(f"{target} can't be written: {error.strerror}.", "Run it as the owner of the file.") from None
    typer.echo(f"ringfence: {target}: in force, {format_count(rivals, 'rival vendor')}")
    if os.path.exists(kept):
        to = "" if target == SYSTEM_POLICY else f" --to {target}"
        typer.echo(f"ringfence: to go back: ringfence policy install --previous{to}")
    return ExitCode.ALLOWED


def _find_signers(target: str, new: bytes) -> str:
    """Return the file of allowed signers that the policy in force names, or the new one where that can't be used."""
    if not os.path.exists(target):
        return ""
    try:
        file = parse_toml(PolicyFile, read_file(target, target), target)
    except PolicyError:
        file = parse_toml(PolicyFile, new, "the new policy")
    return file.approvals.signers or ""


def _check_signatures(signers: str, data: bytes, signed: list[str]) -> None:
    """Check that two people have signed a policy, where any is wanted.

    Raises:
        UsageError: They haven't.
    """
    people = dict(each.partition("=")[::2] for each in signed)
    if signed and not signers:
        raise UsageError("the policy in force names no signers, so that no signature counts.", "Leave --signed out.")
    keys: dict[str, bytes] = {}
    for name, path in people.items():
        try:
            with open(path, encoding="ascii") as file:
                signature = file.read()
        except (OSError, ValueError):
            raise UsageError(f"--signed {name}={path}: there is no signature.", _SIGN) from None
        keys[name] = verify_signature(data, signature, signers, name)
    if signers and len(people) < _SIGNERS:
        raise UsageError("the policy in force wants the new one signed by two people.", _SIGN)
    for (first, first_key), (second, second_key) in combinations(keys.items(), 2):
        refuse_one_key(first, first_key, second, second_key)


def _replace_files(target: str, kept: str, data: bytes) -> None:
    """Put bytes into the place of a file by rename, and what was there into `kept`."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    new = _write_beside(target, data)
    if os.path.exists(target):
        with open(target, "rb") as file:
            old = _write_beside(kept, file.read())
        shutil.copymode(target, old)
        shutil.copymode(target, new)
        os.replace(old, kept)
    os.replace(new, target)


def _write_beside(path: str, data: bytes) -> str:
    """Write bytes to a new file in the folder of `path`, onto the disk, and return its path."""
    descriptor, temporary = tempfile.mkstemp(prefix=".ringfence-", dir=os.path.dirname(path))
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)
    return temporary


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The policy in force.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The policy to compare with it.")],
    *,
    root: Annotated[
        str | None, typer.Option("--all", metavar="ROOT", help="Every bare repository below a folder.")
    ] = None,
) -> int:
    """Say what a new policy changes: in the rules, and which repositories gain or lose which tag."""
    before, after = (read_layer(path, path, "organisation", is_authoritative=True) for path in (old, new))
    rules = compare_rules(before, after)
    for line in rules:
        typer.echo(line)
    changed = 0
    for directory, changes in compare_repositories(root, before, after) if root else ():
        changed += 1
        typer.echo(f"{directory}: {', '.join(changes)}")
    ways = format_count(len(rules), "rule")
    where = f", {changed} repositor{'y' if changed == 1 else 'ies'}" if root else ""
    typer.echo(f"ringfence: {ways}{where} changed")
    return ExitCode.ALLOWED
