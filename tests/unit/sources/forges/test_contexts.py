"""The push contexts of the forges that set variables."""

from __future__ import annotations

import pytest

from ringfence.sources.forges import bitbucket, ghes, gitea, gitlab, gitolite, phorge
from ringfence.sources.forges.base import PushContext

CASES = [
    (bitbucket, {"BB_USER_NAME": "ann", "BB_PROJECT_KEY": "A", "BB_REPO_SLUG": "b"}, PushContext("ann", "A/b")),
    (bitbucket, {"BB_IS_DRY_RUN": "true", "BB_REPO_SLUG": "b"}, PushContext(is_dry_run=True)),
    (ghes, {"GITHUB_USER_LOGIN": "ann", "GITHUB_REPO_NAME": "a/b"}, PushContext("ann", "a/b", limit=5.0)),
    (
        gitea,
        {"GITEA_PUSHER_NAME": "ann", "GITEA_REPO_USER_NAME": "a", "GITEA_REPO_NAME": "b"},
        PushContext("ann", "a/b"),
    ),
    (gitlab, {"GL_ID": "key-7", "GL_PROJECT_PATH": "a/b"}, PushContext("key-7", "a/b")),
    (gitlab, {"GL_USERNAME": "ann", "GL_PROTOCOL": "web"}, PushContext("ann", prefix="GL-HOOK-ERR: ", limit=55.0)),
    (gitolite, {"GL_USER": "ann", "GL_REPO": "b"}, PushContext("ann", "b")),
    (phorge, {"PHABRICATOR_USER": "ann", "PHABRICATOR_REPOSITORY": "R1"}, PushContext("ann", "R1")),
]


@pytest.mark.parametrize(("forge", "environ", "expected"), CASES)
def test_the_context_comes_from_the_environment(forge, environ: dict[str, str], expected: PushContext) -> None:
    assert forge.parse_push_context(environ, []) == expected
