"""`ringfence policy`: checks policy files, shows the policy in force, and explains it for a path."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..audit.ahead import AheadCompiler
from ..audit.many import format_error
from ..check.permissions import Permission, load_permissions
from ..errors import ExitCode, RingfenceError, UsageError
from ..policy.effective import build_effective_policy, list_vendors
from ..policy.effective_policy import EffectivePolicy
from ..policy.inputs import Inputs, read_layer
from ..reports.wording import format_count
from ..repository import load_tagged_plan, read_local_inputs
from ..resources import find_shipped_folder
from ..setup.server_hooks import find_repositories, is_repository
from . import options, policy_change
from .options import PolicyOption, RepoOption, TagOption
from .policy_check import check_layers

app = typer.Typer(
    help="Check, show, explain, compare and install policies.", no_args_is_help=True, rich_markup_mode=None
)
app.command("install")(policy_change.install)
app.command("diff")(policy_change.diff)


READY = ("training-data", "eval", "clean-room", "ordinary")
_Ready = StrEnum("_Ready", list(READY))  # type: ignore[misc]  # a member for each of them
_DEFAULTS = "ringfence's defaults"
_PIPE_WIDTH = 10_000  # columns, so that no line is wrapped where the output isn't a terminal


@app.command("check")
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Policy files, or a repository's ringfence.toml.")],
) -> int:
    """Report every mistake in policy files; several files are merged as layers, in the order given."""
    layers = []
    for path in files:
        kind = "repository" if os.path.basename(path) == "ringfence.toml" else "organisation"
        layers.append(read_layer(path, path, kind, is_authoritative=kind == "organisation"))
    rivals = check_layers(Inputs(tuple(layers)))
    typer.echo(f"ringfence: {', '.join(files)}: OK, {format_count(rivals, 'rival vendor')}")
    return ExitCode.ALLOWED


@app.command("compile")
def compile_(
    server: Annotated[list[str] | None, typer.Argument(metavar="DIR", help="Bare repositories on the server.")] = None,
    *,
    everything: Annotated[
        str | None, typer.Option("--all", metavar="ROOT", help="Every bare repository below a folder.")
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The forge's name of a single repository.")] = "",
) -> int:
    """Compile the policies of a server's repositories in advance; run it as the user that runs the hooks."""
    directories = [*(server or ()), *(find_repositories(everything) if everything else ())]
    if not directories:
        raise UsageError("no repository is given.", "Give bare repositories, or --all ROOT.")
    if name and len(directories) > 1:
        raise UsageError("--name can't be combined with several repositories.")
    for directory in directories:
        if not is_repository(directory):
            raise UsageError(f"{directory} isn't a bare repository.")
    failed = 0
    with AheadCompiler(everything or "") as compiler:
        for directory in directories:
            try:
                policy = compiler.compile(directory, name)
            except RingfenceError as error:
                if not everything:
                    raise
                failed += 1
                typer.echo(f"ringfence: {directory}: FAILED: {format_error(error)}", err=True)
            else:
                result = f"compiled ({', '.join(policy.tags)})" if policy.tags else "no tag: nothing is checked there"
                typer.echo(f"ringfence: {directory}: {result}")
    return ExitCode.INCOMPLETE if failed else ExitCode.ALLOWED


@app.command("show")
def show(*, repo: RepoOption = None, policy: PolicyOption = None, tag: TagOption = None) -> int:
    """Show the policy in force, with the file that each value comes from."""
    repository = options.open_repository(repo, policy, tag)
    inputs = read_local_inputs(repository)
    in_force = build_effective_policy(inputs, list_vendors(inputs))
    table = Table(box=None, pad_edge=False)
    for title in ("key", "value", "from"):
        table.add_column(title, overflow="fold")
    for key, text in _build_rows(in_force):
        row = (key, text, in_force.origins.get(key, _DEFAULTS))
        table.add_row(*map(Text, row))  # as Text, since Rich would read `[bot]` as markup
    console = Console()
    (console if console.is_terminal else Console(width=_PIPE_WIDTH)).print(table)
    return ExitCode.ALLOWED


def _build_rows(policy: EffectivePolicy) -> list[tuple[str, str]]:
    """Return the policy's keys and values as text, in the order they are shown."""
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
    people = {
        "agents": policy.agents,
        "barred": policy.barred,
        "consumer": policy.consumers,
        "approved": policy.accounts,
    }
    rows += [(f"accounts.{key}", _format_names(names)) for key, names in people.items() if names]
    rows += [(f"accounts.tools.{name}", _format_names(ids)) for name, ids in policy.tools.items()]
    rows += [
        (f"wall.{wall.subject}", f"{' '.join(wall.repositories)} to {' '.join(wall.tags)}, {wall.days} days")
        for wall in policy.walls
    ]
    rows += [(f"tags.{tag}", "the whole repository") for tag in sorted(policy.whole)]
    for zone in policy.zones:
        paths = " ".join(zone.paths) or "**"
        rows.append((f"zone.{zone.tag}.{paths}", f"{paths} on {' '.join(zone.refs)}" if zone.refs else paths))
    # Shipped tags are left out unless they are used here or a layer sets something for them.
    used = {key.split(".")[1] for key, origin in policy.origins.items() if key[:4] == "tag." and origin != _DEFAULTS}
    used |= {*policy.whole, *(zone.tag for zone in policy.zones)}
    actions = ((f"tag.{tag}.{key}", action) for tag in policy.tags for key, action in policy.tags[tag].items())
    return [*rows, *(row for row in actions if row[0].split(".")[1] in used)]


def _format_names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


@app.command("ready")
def ready(
    name: Annotated[_Ready, typer.Argument(help="The name of the policy.")],
) -> int:
    """Print a ready-made policy with comments, as the start of a file of your own."""
    with open(os.path.join(find_shipped_folder("policy"), f"{name}.toml"), encoding="utf-8") as file:
        typer.echo(file.read(), nl=False)
    return ExitCode.ALLOWED


@app.command("explain")
def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A path, from the top of the repository.")],
    *,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Show the tags of a path, where they come from, and the action for each kind of finding there."""
    if path.startswith("/"):
        raise UsageError(f"{path} isn't a path from the top of the repository.")
    repository = options.open_repository(repo, policy, tag)
    inputs = read_local_inputs(repository)
    plan = load_tagged_plan(inputs)
    tags = plan.zones.find_tags(os.fsencode(path)) if plan else ()
    if plan is None or not tags:
        typer.echo(f"{path}: in no zone; it isn't checked.")
        return ExitCode.ALLOWED
    origins = build_effective_policy(inputs, list_vendors(inputs)).origins
    for name in tags:
        sources = [
            f"{key.partition('.')[0]} in {origin}" for key, origin in origins.items() if _is_tag_source(key, name)
        ]
        typer.echo(f"{path}: {name} ({', '.join(dict.fromkeys(sources))})")
        for key in plan.actions.by_tag[name]:
            layer = origins.get(f"tag.{name}.{key}", _DEFAULTS)
            typer.echo(f"  {key}: {plan.actions.by_tag[name][key]} ({layer})")
        for item in load_permissions(plan):
            if name in item.tags.split():
                typer.echo(f"  permission {item.id}: {_describe_permission(item)} ({origins[f'permission.{item.id}']})")
    return ExitCode.ALLOWED


def _describe_permission(item: Permission) -> str:
    """Return what a permission names, and until when."""
    what = f"{item.models or 'any model'} of {item.vendor} as {', '.join(item.uses.split())}"
    who = f", by {item.accounts}" if item.accounts else ""
    end = f"ended on {item.until}" if item.has_ended else f"until {item.until}"
    return f"{what}{who}, {end}, by {item.contract}"


def _is_tag_source(key: str, tag: str) -> bool:
    return key == f"tags.{tag}" or key.startswith(f"zone.{tag}.")
