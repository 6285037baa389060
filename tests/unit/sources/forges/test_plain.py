from __future__ import annotations

import os
import pwd

from ringfence.sources.forges.plain import parse_push_context


def test_the_user_of_a_web_server_counts_only_without_ssh() -> None:
    login = pwd.getpwuid(os.getuid()).pw_name
    web = {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "ann", "REMOTE_ADDR": "::1"}
    assert parse_push_context(web, []).account == "ann"
    assert parse_push_context(web | {"SSH_CONNECTION": "x"}, []).account == login
    assert parse_push_context({"REMOTE_ADDR": "::1"}, []).account == ""
    assert parse_push_context({"USER": "ann"}, []).account == login
