"""The policy files and tags that hold for a repository, as bytes: which there are, and which may do what.

shipped ← organisation (`/etc/ringfence/policy.toml`, `git config ringfence.policy`, `$RINGFENCE_POLICY`, `--policy`)
← repository (`ringfence.toml`). Nothing is parsed here.
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

    `kind` is shipped, organisation, repository or waivers (a repository's `waivers.toml`). `settles`: it may say who is
    us, who is a rival and who may waive, where no layer before it did; a layer that somebody on the other side of the
    gate could have put there may not. `path` is absolute, and "" for what lies in git; `vendors` are the vendor files
    that such a layer names, as (path, bytes).
    """

    origin: str
    kind: str
    data: bytes
    settles: bool = False
    path: str = ""
    vendors: tuple[tuple[bytes, bytes], ...] = ()


@value
class Inputs:
    """All that decides what holds in a repository."""

    layers: tuple[Layer, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()  # (tag, who says so)
    names: tuple[str, ...] = ()  # what the repository is called, for `match`

    @property
    def can_be_tagged(self) -> bool:
        """Whether anything was found that could tag the repository; without it there is no work."""
        return bool(self.layers or self.tags)

    def iter_digest_parts(self) -> Iterator[bytes]:
        """Yield everything as bytes, for a digest."""
        for layer in self.layers:
            yield from (layer.kind.encode(), layer.data, b"settles" if layer.settles else b"")
            # A repository's file is named by the commit it is in, and is the same in the next one.
            yield b"" if layer.kind == "repository" else layer.origin.encode("utf-8", "surrogateescape")
            yield layer.path.encode("utf-8", "surrogateescape")
            yield from (part for file in layer.vendors for part in file)
        for text in (*(word for tag in self.tags for word in tag), "", *self.names):
            yield text.encode("utf-8", "surrogateescape")


def read_organisation_layers(
    settings: Iterable[tuple[str, str, str]],
    environ: dict[str, str],
    named: Iterable[str | Layer] = (),
    *,
    server: bool = False,
) -> tuple[Layer, ...]:
    """Read the organisation's policies, in the order in which they may tighten each other.

    Args:
        settings: Git's settings as (scope, key, value).
        environ: Our environment.
        named: Paths from the command line, and what it had fetched.
        server: On a server the environment, HOME included, may be the pusher's: what it names can only tighten.

    Raises:
        PolicyError: A file that was named can't be read.
    """
    places = [(SYSTEM_POLICY, SYSTEM_POLICY, True)] if os.path.exists(SYSTEM_POLICY) else []
    for scope, key, path in settings:
        if key == "ringfence.policy":
            # A pusher by a local path brings a HOME, and with it a global configuration, of his own.
            places.append((path, f"{path} (git config ringfence.policy)", not (server and scope == "global")))
    if by_environment := environ.get("RINGFENCE_POLICY"):
        places.append((by_environment, f"{by_environment} ($RINGFENCE_POLICY)", not server))
    found = [read_layer(path, origin, "organisation", settles=settles) for path, origin, settles in places]
    found += [
        item if isinstance(item, Layer) else read_layer(item, item, "organisation", settles=True) for item in named
    ]
    return tuple(found)


def read_layer(path: str, origin: str, kind: str, *, settles: bool) -> Layer:
    """Read a policy file.

    Raises:
        PolicyError: It can't be read.
    """
    return Layer(origin, kind, read_file(path, origin), settles, os.path.abspath(os.path.expanduser(path)))


def list_tags(settings: Iterable[tuple[str, str, str]], named: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the tags that git's settings and the command line give a repository."""
    configured = [
        (tag, "git config ringfence.tag")
        for _, key, text in settings
        if key == "ringfence.tag"
        for tag in text.replace(",", " ").split()
    ]
    return (*configured, *((tag, "--tag") for tag in named))


def list_names(settings: Iterable[tuple[str, str, str]], environ: dict[str, str], directory: str) -> tuple[str, ...]:
    """Return what a repository is called: by its remotes, its path, and the forge that runs us."""
    found = [text for _, key, text in settings if key.startswith("remote.")]
    path = os.path.realpath(directory)
    found.append(os.path.dirname(path) if os.path.basename(path) == ".git" else path)
    found += [environ.get(name, "") for name in ("GL_PROJECT_PATH", "GL_REPO", "GITHUB_REPOSITORY", "CI_PROJECT_PATH")]
    if environ.get("GITEA_REPO_USER_NAME"):
        found.append(f"{environ['GITEA_REPO_USER_NAME']}/{environ.get('GITEA_REPO_NAME', '')}")
    return tuple(dict.fromkeys(name for item in found if (name := normalise_address(item))))


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


def build_repository_layers(objects: Iterable[tuple[str, bytes | None]]) -> tuple[Layer, ...]:
    """Return the layers for `ringfence.toml` as it is in one or more states, each state once."""
    distinct = {data: origin for origin, data in objects if data is not None}
    return tuple(Layer(origin, "repository", data) for data, origin in distinct.items())


def read_file(path: str, origin: str) -> bytes:
    """Return the bytes of a policy file.

    Raises:
        PolicyError: It can't be read; `origin` is what the message calls it.
    """
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read()
    except OSError as error:
        raise PolicyError(f"{origin}: can't be read: {error.strerror}.", "Correct the path or its rights.") from None
