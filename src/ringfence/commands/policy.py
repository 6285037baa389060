"""`ringfence policy`: is a file right, what holds here, and why for this path."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..errors import ExitCode, UsageError
from ..gate.own_files import list_policy_states
from ..git.repo import Repo
from ..policy.effective import build_effective_policy, parse_vendors, read_vendors
from ..policy.examples import check_marker, check_own_markers
from ..policy.inputs import Inputs, read_layer
from ..policy.merge import EffectivePolicy
from ..policy.vendor_files import read_shipped_files
from ..repository import Repository, load_tagged_plan, read_local_inputs
from ..resources import find_shipped_folder
from ..scan.prefilter import load_prefilter
from ..setup.server_hooks import find_repositories, is_repository
from . import options
from .options import PolicyOption, RepoOption, TagOption

app = typer.Typer(help="Check, show and explain policies.", no_args_is_help=True, rich_markup_mode=None)


READY = ("training-data", "eval", "clean-room", "ordinary")
_Ready = StrEnum("_Ready", list(READY))  # type: ignore[misc]  # a member for each of them
_DEFAULTS = "ringfence's defaults"
_UNCUT = 10_000  # columns, where a program reads


@app.command("check")
def check(
    files: Annotated[list[str], typer.Argument(help="Policies, or a repository's ringfence.toml.")],
) -> int:
    """Say every mistake in policy files; several are read as layers, each on top of the ones before."""
    layers = []
    for path in files:
        kind = "repository" if os.path.basename(path) == "ringfence.toml" else "organisation"
        layers.append(read_layer(path, path, kind, is_authoritative=kind == "organisation"))
    inputs = Inputs(tuple(layers))
    vendors = read_vendors(inputs)
    policy = build_effective_policy(inputs, vendors)
    check_own_markers(policy, vendors)
    for vendor in vendors.keys() - parse_vendors(read_shipped_files()).keys():
        for marker in vendors[vendor].iter_markers():
            check_marker(marker)
    typer.echo(f"ringfence: {', '.join(files)}: right (vendors that are rivals: {len(policy.compute_rivals())}).")
    return ExitCode.ALLOWED


@app.command("compile")
def compile_(
    server: Annotated[list[str] | None, typer.Argument(help="Bare repositories on the server.")] = None,
    *,
    everything: Annotated[
        str | None, typer.Option("--all", metavar="ROOT", help="Every bare repository below a folder.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What its forge calls the one repository.")] = "",
) -> int:
    """Compile ahead what a server's hooks will need; run it as the user who runs them."""
    found = [*(server or ()), *(find_repositories(everything) if everything else ())]
    if not found or (name and len(found) > 1):
        raise UsageError("name the repositories, or --all ROOT; --name goes with a single one.")
    for directory in found:
        if not is_repository(directory):
            raise UsageError(f"{directory} is no bare repository.")
        place = Repository(Repo(directory), server=True, names=[name])
        plan = load_tagged_plan(
            place.build_inputs(place.read_files(list_policy_states(place, [])), "HEAD" if place.has_head() else "")
        )
        if plan:
            load_prefilter(plan)  # needs nothing of the repository, and a push would compile it
        told = f"compiled ({', '.join((*plan.whole, *plan.zoned))})" if plan else "no tag: nothing is judged there"
        typer.echo(f"ringfence: {directory}: {told}")
    return ExitCode.ALLOWED


@app.command("show")
def show(*, repo: RepoOption = None, policy: PolicyOption = None, tag: TagOption = None) -> int:
    """Show the policy in force, with the layer that each value comes from."""
    place = options.open_repository(repo, policy, tag)
    inputs = read_local_inputs(place)
    in_force = build_effective_policy(inputs, read_vendors(inputs))
    table = Table(box=None, pad_edge=False)
    for title in ("key", "value", "from"):
        table.add_column(title, overflow="fold")
    for key, shown in _build_rows(in_force):
        row = (key, shown, in_force.origins.get(key, _DEFAULTS))
        table.add_row(*map(Text, row))  # `[bot]` is no markup
    console = Console()
    (console if console.is_terminal else Console(width=_UNCUT)).print(table)
    return ExitCode.ALLOWED


def _build_rows(policy: EffectivePolicy) -> list[tuple[str, str]]:
    others = set(policy.vendors) - policy.own - policy.approved
    rows = [("organisation.own", _format_names(policy.own))]
    rows.append(("vendors.approved", _format_names(policy.approved)))
    rows.append(
        (
            "vendors.rivals",
            "every other vendor" if others == policy.compute_rivals() else _format_names(policy.compute_rivals()),
        )
    )
    rows += [("catalogue", ", ".join(policy.catalogue))] if policy.catalogue else []
    people = {"agents": policy.agents, "consumer": policy.consumers, "approved": policy.accounts}
    rows += [(f"accounts.{key}", _format_names(names)) for key, names in people.items() if names]
    rows += [(f"tags.{tag}", "the whole repository") for tag in sorted(policy.whole)]
    for zone in policy.zones:
        paths = " ".join(zone.paths) or "**"
        rows.append((f"zone.{zone.tag}.{paths}", f"{paths} on {' '.join(zone.refs)}" if zone.refs else paths))
    # Of the tags that ringfence ships, those count that something here carries, or that a layer speaks of.
    told = {key.split(".")[1] for key, origin in policy.origins.items() if key[:4] == "tag." and origin != _DEFAULTS}
    told |= {*policy.whole, *(zone.tag for zone in policy.zones)}
    actions = ((f"tag.{tag}.{key}", action) for tag in policy.tags for key, action in policy.tags[tag].items())
    return [*rows, *(row for row in actions if row[0].split(".")[1] in told)]


def _format_names(vendors: set[str]) -> str:
    return ", ".join(sorted(vendors)) or "nobody"


@app.command("ready")
def ready(
    name: Annotated[_Ready, typer.Argument(help="Which one.")],
) -> int:
    """Print a ready-made policy, commented, to be filled in and kept as a file."""
    with open(os.path.join(find_shipped_folder("policy"), f"{name}.toml"), encoding="utf-8") as file:
        typer.echo(file.read(), nl=False)
    return ExitCode.ALLOWED


@app.command("explain")
def explain(
    path: Annotated[str, typer.Argument(help="A path, from the top of the repository.")],
    *,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Say which zones a path lies in, and what follows for what is found there."""
    if path.startswith("/"):
        raise UsageError(f"{path} isn't a path from the top of the repository.")
    place = options.open_repository(repo, policy, tag)
    inputs = read_local_inputs(place)
    plan = load_tagged_plan(inputs)
    tags = plan.find_tags(os.fsencode(path)) if plan else ()
    if plan is None or not tags:
        typer.echo(f"{path}: in no zone; nothing in it is judged.")
        return ExitCode.ALLOWED
    origins = build_effective_policy(inputs, read_vendors(inputs)).origins
    for name in tags:
        why = [f"{key.partition('.')[0]} in {origin}" for key, origin in origins.items() if _is_tag_source(key, name)]
        typer.echo(f"{path}: {name} ({', '.join(dict.fromkeys(why))})")
        for key in plan.actions[name]:
            layer = origins.get(f"tag.{name}.{key}", _DEFAULTS)
            typer.echo(f"  {key}: {plan.actions[name][key]} ({layer})")
    return ExitCode.ALLOWED


def _is_tag_source(key: str, tag: str) -> bool:
    return key == f"tags.{tag}" or key.startswith(f"zone.{tag}.")
