from __future__ import annotations

import os
import pwd

import pytest

from ringfence.sources.forges.base import PushContext
from ringfence.sources.forges.plain import confirm_web_account, parse_push_context

LOGIN = pwd.getpwuid(os.getuid()).pw_name


def test_the_user_of_a_web_server_is_named_only_without_ssh() -> None:
    web = {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "ann", "REMOTE_ADDR": "::1"}
    assert parse_push_context(web, []) == PushContext(web_account="ann")
    assert parse_push_context(web | {"SSH_CONNECTION": "x"}, []) == PushContext(LOGIN)
    assert parse_push_context({"REMOTE_ADDR": "::1"}, []) == PushContext()
    assert parse_push_context({"USER": "ann", "REMOTE_USER": "ann"}, []) == PushContext(LOGIN)


@pytest.mark.parametrize("user", [LOGIN, str(os.getuid())])
def test_a_web_server_is_believed_that_runs_as_its_user(user: str) -> None:
    assert confirm_web_account(PushContext(web_account="ann"), user).account == "ann"
    assert confirm_web_account(PushContext(LOGIN), user).account == LOGIN


@pytest.mark.parametrize("user", ["", "somebody-else", f"{os.getuid() + 1}"])
def test_another_process_is_not_believed(user: str) -> None:
    assert confirm_web_account(PushContext(web_account="ann"), user).account == ""
