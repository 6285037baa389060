"""`ringfence vendors watch`: holds the catalogue against the newest packages of the agents."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..audit.watch import compare, fetch
from ..audit.watch.archives import iter_files, list_unread
from ..audit.watch.evidence import find_evidence
from ..audit.watch.packages import find_seen_file, read_packages, read_seen, write_seen
from ..errors import ExitCode, UsageError
from ..excerpts import sanitise_text
from ..policy.load import load_plan
from ..policy.schema.parse import suggest_word
from ..reports.wording import format_count
from ..repository import read_local_inputs
from . import options
from .options import PolicyOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..audit.watch.compare import Compared
    from ..audit.watch.packages import Package
    from ..policy.plan import Plan


def watch(
    products: Annotated[
        list[str] | None, typer.Argument(metavar="[PRODUCT]...", help="Products to look at; default: all of the list.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also show what is as before.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Draft a marker for what is new and unknown.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Remember what was found for the next run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    list_file: Annotated[
        str | None, typer.Option("--list", metavar="FILE", help="The list of packages; default: the shipped one.")
    ] = None,
    seen_file: Annotated[
        str | None, typer.Option("--seen", metavar="FILE", help="What was found before; default: the shipped file.")
    ] = None,
    policy: PolicyOption = None,
) -> int:
    """Fetch the newest packages of agents, and say which of their attributions, variables and paths are new or gone.

    The packages are fetched by npm and pip, and read as bytes: nothing of them is run. Exit code 3 if one
    can't be read.
    """
    packages = _choose_packages(read_packages(list_file), products or [])
    path = find_seen_file(seen_file)
    seen = read_seen(path)
    plan = load_plan(read_local_inputs(options.open_repository(None, policy, ["training-data"], outside=True)))
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    results: list[dict[str, Any]] = []
    for package in packages:
        result = _watch_package(package, plan, seen, today)
        results.append(result)
        if not as_json:
            typer.echo("\n".join(sanitise_text(line) for line in _format_result(package, result, everything, draft)))
    if as_json:
        typer.echo(json.dumps([_to_json(result) for result in results], indent=1, ensure_ascii=False))
    if write:
        write_seen(path, seen)
    return ExitCode.INCOMPLETE if any(result["error"] for result in results) else ExitCode.ALLOWED


def _choose_packages(packages: tuple[Package, ...], products: list[str]) -> list[Package]:
    known = {package.product for package in packages}
    for product in products:
        if product not in known:
            raise UsageError(f"no package of `{product}` is watched{suggest_word(product, known)}")
    return [package for package in packages if not products or package.product in products]


def _watch_package(package: Package, plan: Plan, seen: dict[str, Any], today: str) -> dict[str, Any]:
    """Return what is found in a package, and put it into `seen`."""
    before = seen.get(package.name, {})
    result: dict[str, Any] = {"package": package.name, "before": before, "version": "", "error": "", "items": []}
    with tempfile.TemporaryDirectory(prefix="ringfence-") as folder:
        try:
            fetched = fetch.fetch_package(package, folder)
        except fetch.FetchError as error:
            return result | {"error": str(error)}
        found = {item for path in fetched.paths for item in find_evidence(iter_files(path), package)}
        unread = [name for path in fetched.paths for name in list_unread(path)]
    items = compare.compare_evidence(plan, package, found, before)
    seen[package.name] = compare.build_record(fetched.version, today, found)
    missing = fetched.missing or unread
    return result | {
        "version": fetched.version,
        "items": items,
        "error": f"not read: {', '.join(missing)}" if missing else "",
    }


def _format_result(package: Package, result: dict[str, Any], everything: bool, draft: bool) -> Iterator[str]:
    before = result["before"]
    was = f", was {before['version']} on {before['seen']}" if before else ""
    yield f"{package.name} {result['version'] or '(not read)'}{was}"
    if result["error"]:
        yield f"  INCOMPLETE {result['error']}"
    items: list[Compared] = result["items"]
    for item in items:
        if everything or item.state != compare.SAME:
            known = ", ".join(item.markers) or "NO MARKER"
            yield f"  {item.state:4} {item.evidence.kind:11} {item.evidence.text}: {known}"
            if draft and item.state == compare.NEW and not item.markers:
                yield from _format_draft(package, item, result["version"])
    if not items and result["version"]:
        yield "  nothing found: its program may be packed"
    unknown = sum(not item.markers for item in items if item.state != compare.GONE)
    yield f"  {format_count(len(items), 'finding')}, {unknown} without a marker"


def _format_draft(package: Package, item: Compared, version: str) -> Iterator[str]:
    entry = compare.draft_marker(package, item.evidence)
    if not entry:
        return
    entry = {key: text for key, text in entry.items() if key != "named"}
    yield f"    # add to {package.vendor}.toml"
    yield "    [[marker]]"
    yield f'    id = "{package.vendor}-{package.product}-{entry.pop("form")}"'
    yield f'    product = "{package.product}"'
    for key, text in entry.items():
        yield f"    {key} = {json.dumps(text, ensure_ascii=False)}"
    yield f'    source = "{package.name} {version}"'


def _to_json(result: dict[str, Any]) -> dict[str, Any]:
    items = [
        {"kind": item.evidence.kind, "text": item.evidence.text, "state": item.state, "markers": list(item.markers)}
        for item in result["items"]
    ]
    before = {key: result["before"].get(key, "") for key in ("version", "seen")}
    return result | {"items": items, "before": before}
