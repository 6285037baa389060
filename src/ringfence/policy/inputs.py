"""Collects the policy files and tags that apply to a repository, as bytes; nothing is parsed here.

The layers, lowest first: shipped defaults, the organisation's files (`/etc/ringfence/policy.toml`, `git config
ringfence.policy`, `$RINGFENCE_POLICY`, `--policy`), the repository's `ringfence.toml`.
"""

from __future__ import annotations

import os

from ..errors import PolicyError
from ..values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SYSTEM_POLICY = "/etc/ringfence/policy.toml"
FILE_NAME = "ringfence.toml"
WAIVERS = "waivers.toml"


@value
class Layer:
    """A policy file as it was read.

    Attributes:
        origin: Names the file in messages.
        kind: shipped, organisation, repository or waivers (a repository's `waivers.toml`).
        data: The file's bytes.
        is_authoritative: It may set own, approved and rival vendors, approvers, and whatever else only the
            organisation decides. False for a layer that the author of a push could have supplied.
        path: The absolute path; "" for a file read from git.
        vendors: The vendor files of a layer fetched from git, as (path, bytes).
    """

    origin: str
    kind: str
    data: bytes
    is_authoritative: bool = False
    path: str = ""
    vendors: tuple[tuple[bytes, bytes], ...] = ()


def may_set(layer: Layer, key: bytes, but: bytes = b"\0") -> bool:
    r"""Return whether a policy file may have a key, not `but`; a quoted one may be spelled as `"rep\u006fsitory"`."""
    return key in layer.data.replace(but, b"") or b"\\" in layer.data


@value
class Inputs:
    """Everything that determines the policy in force for a repository."""

    layers: tuple[Layer, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()  # (tag, where it was set)
    names: tuple[str, ...] = ()  # names of the repository, compared with `match` of a policy's [[repository]]

    @property
    def can_be_tagged(self) -> bool:
        """Whether any layer or setting could tag the repository; if not, nothing is checked."""
        return bool(self.layers or self.tags)

    def iter_parts(self) -> Iterator[bytes]:
        """Yield all inputs but the repository's names as bytes: what many repositories have in common.

        Where a file lies matters only for folders beside it, and its origin for waivers: the same file in the next
        commit, or in a CI job's own folder, is the same policy.
        """
        for layer in self.layers:
            yield from (layer.kind.encode(), layer.data, b"settles" if layer.is_authoritative else b"")
            names_origin = layer.kind != "repository" and may_set(layer, b"waiver", but=b"waivers")
            for text in (layer.origin if names_origin else "", layer.path if may_set(layer, b"catalogue") else ""):
                yield text.encode("utf-8", "surrogateescape")
            yield from (part for file in layer.vendors for part in file)
        for text in (word for tag in self.tags for word in tag):
            yield text.encode("utf-8", "surrogateescape")


def read_organisation_layers(
    settings: Iterable[tuple[str, str, str]],
    environ: dict[str, str],
    policies: Iterable[str | Layer] = (),
    *,
    server: bool = False,
) -> tuple[Layer, ...]:
    """Read the organisation's policies, lowest layer first.

    Args:
        settings: Git settings as (scope, key, value).
        environ: The process environment.
        policies: Paths from the command line, and layers fetched from a policy repository.
        server: On a server the environment, HOME included, may be the pusher's: policies it names can only tighten.

    Raises:
        PolicyError: A configured file can't be read.
    """
    places = [(SYSTEM_POLICY, SYSTEM_POLICY, True)] if os.path.exists(SYSTEM_POLICY) else []
    for scope, key, path in settings:
        if key == "ringfence.policy":
            # Whoever pushes by a local path supplies HOME, and with it the global git configuration.
            places.append((path, f"{path} (git config ringfence.policy)", not (server and scope == "global")))
    if by_environment := environ.get("RINGFENCE_POLICY"):
        places.append((by_environment, f"{by_environment} ($RINGFENCE_POLICY)", not server))
    layers = [
        read_layer(path, origin, "organisation", is_authoritative=is_authoritative)
        for path, origin, is_authoritative in places
    ]
    layers += [
        policy if isinstance(policy, Layer) else read_layer(policy, policy, "organisation", is_authoritative=True)
        for policy in policies
    ]
    return tuple(layers)


def read_layer(path: str, origin: str, kind: str, *, is_authoritative: bool) -> Layer:
    """Read a policy file into a layer.

    Raises:
        PolicyError: It can't be read.
    """
    return Layer(origin, kind, read_file(path, origin), is_authoritative, os.path.abspath(os.path.expanduser(path)))


def list_tags(settings: Iterable[tuple[str, str, str]], tags: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the tags set in git's settings (`ringfence.tag`) and on the command line, as (tag, where it was set)."""
    configured = [
        (tag, "git config ringfence.tag")
        for _, key, text in settings
        if key == "ringfence.tag"
        for tag in text.replace(",", " ").split()
    ]
    return (*configured, *((tag, "--tag") for tag in tags))


def list_names(settings: Iterable[tuple[str, str, str]], environ: dict[str, str], directory: str) -> tuple[str, ...]:
    """Return the names of a repository: its remotes' addresses, its path, and its name at the forge that runs us."""
    names = [text for _, key, text in settings if key.startswith("remote.")]
    path = os.path.realpath(directory)
    names.append(os.path.dirname(path) if os.path.basename(path) == ".git" else path)
    names += [environ.get(key, "") for key in ("GL_PROJECT_PATH", "GL_REPO", "GITHUB_REPOSITORY", "CI_PROJECT_PATH")]
    if environ.get("GITEA_REPO_USER_NAME"):
        names.append(f"{environ['GITEA_REPO_USER_NAME']}/{environ.get('GITEA_REPO_NAME', '')}")
    return tuple(dict.fromkeys(address for name in names if (address := normalise_address(name))))


def normalise_address(address: str) -> str:
    """Return a remote's address as `host/path`, without scheme, user, port and `.git`."""
    text = address.strip().removesuffix("/").removesuffix(".git")
    if "://" in text:
        host, slash, path = text.partition("://")[2].partition("/")
        return f"{host.rpartition('@')[2].partition(':')[0]}{slash}{path}"
    before, colon, path = text.partition(":")
    if colon and "/" not in before and len(before) > 1:  # user@host:path, and not C:\path
        return f"{before.rpartition('@')[2]}/{path.lstrip('/')}"
    return text


def is_name_match(name: str, pattern: str) -> bool:
    """Return whether a repository's name matches a pattern; `*` matches anything, and case is ignored."""
    from fnmatch import fnmatchcase

    return fnmatchcase(name.lower().lstrip("/"), pattern.lower().removesuffix(".git").lstrip("/"))


def build_repository_layers(versions: Iterable[tuple[str, bytes | None]]) -> tuple[Layer, ...]:
    """Return a layer for each distinct version of `ringfence.toml`, given as (origin, bytes or None if absent)."""
    distinct = {data: origin for origin, data in versions if data is not None}
    return tuple(Layer(origin, "repository", data) for data, origin in distinct.items())


def read_file(path: str, origin: str) -> bytes:
    """Return the bytes of a policy file; `origin` names it in messages.

    Raises:
        PolicyError: It can't be read.
    """
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read()
    except OSError as error:
        raise PolicyError(
            f"{origin}: can't be read: {error.strerror}.", "Correct the path or its permissions."
        ) from None
