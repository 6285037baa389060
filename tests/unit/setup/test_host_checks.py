"""File permissions on a server."""

from __future__ import annotations

from pathlib import Path

from ringfence.setup.host_checks import CheckResult, check_permissions

GOOD = CheckResult("permissions", True, "no other user can write the hook, its folder, the configuration or a policy")


def make_file(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    file = folder / "pre-receive"
    file.write_text("")
    file.chmod(0o755)
    return file


def test_a_file_that_only_its_owner_can_write_is_good(tmp_path: Path) -> None:
    file = make_file(tmp_path / "hooks")
    assert list(check_permissions([str(file), str(tmp_path / "missing"), str(file)])) == [GOOD]


def test_a_writable_file_and_a_writable_folder_are_reported_once_each(tmp_path: Path) -> None:
    file = make_file(tmp_path / "hooks")
    file.chmod(0o775)
    file.parent.chmod(0o757)
    assert list(check_permissions([str(file), str(file)])) == [
        CheckResult("permissions", False, f"{path} can be written by others", f"chmod go-w {path}, or change its owner")
        for path in (file, file.parent)
    ]


def test_in_a_sticky_folder_users_cannot_replace_each_others_files(tmp_path: Path) -> None:
    file = make_file(tmp_path / "hooks")
    file.parent.chmod(0o1777)
    assert list(check_permissions([str(file)])) == [GOOD]


def test_a_link_is_judged_by_its_target(tmp_path: Path) -> None:
    file = make_file(tmp_path / "hooks")
    file.chmod(0o666)
    (tmp_path / "link").symlink_to(file)
    [result] = check_permissions([str(tmp_path / "link")])
    assert result.detail == f"{file} can be written by others"
