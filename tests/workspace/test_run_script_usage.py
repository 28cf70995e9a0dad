"""What `run_script` refuses before it runs anything: exit code 2, one sentence, nothing created."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from llmspell_web.teams.models import User
from llmspell_web.teams.services import first_account, local_account
from llmspell_web.workspace.management.commands.run_script import claim_new_run, find_account
from llmspell_web.workspace.models import Run
from sessions.services import create_session


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "script.lua"
    path.write_text("return 1")
    return str(path)


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as caught, transaction.atomic():
        call_command("run_script", *words)
    assert caught.value.returncode == 2
    assert not Run.objects.exists()
    return str(caught.value)


def test_files_that_cannot_be_read(owner: User, tmp_path: Path) -> None:
    assert "No such file" in refusal(str(tmp_path / "missing.lua"))
    assert "directory" in refusal(str(tmp_path))


def test_files_that_are_no_text(owner: User, tmp_path: Path) -> None:
    path = tmp_path / "script.lua"
    path.write_bytes(b"print('\xff')")
    assert "UTF-8" in refusal(str(path))
    path.write_bytes(b"print('\0')")
    assert "NUL" in refusal(str(path))


def test_a_file_name_that_is_no_text(owner: User, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.lua")
    path.write_text("return 1")
    assert "a name in UTF-8" in refusal(str(path))


def test_files_over_a_megabyte(owner: User, tmp_path: Path) -> None:
    path = tmp_path / "script.lua"
    path.write_text("--" + "x" * 999_999)
    assert "1,000,000 bytes" in refusal(str(path))


def test_limits(owner: User, script: str) -> None:
    assert "api_calls" in refusal(script, "--limit", "api_calls=10001")
    assert "api_calls" in refusal(script, "--limit", "api_calls=many")
    assert "api_calls" in refusal(script, "--limit", "api_calls=-1")
    assert "cpu_seconds" in refusal(script, "--limit", "cpu_seconds=0")
    assert "cpu_seconds" in refusal(script, "--limit", "cpu_seconds=nan")
    assert "cpu_seconds" in refusal(script, "--limit", "cpu_seconds=inf")
    assert "cpu_seconds" in refusal(script, "--limit", "calls=1")  # names those there are
    assert "NAME=VALUE" in refusal(script, "--limit", "api_calls")


def test_accounts_and_sessions(owner: User, stranger: User, script: str) -> None:
    assert "user not found: nobody" in refusal(script, "--user", "nobody")
    assert "invalid session id" in refusal(script, "--session", "abc")
    hidden = create_session(stranger, name="hidden")
    assert "session not found" in refusal(script, "--session", str(hidden.pk), "--user", "owner")


def test_inactive_accounts_run_nothing(owner: User, script: str) -> None:
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert "user not found: owner" in refusal(script, "--user", "owner")


def test_without_an_account_the_first_is_taken_or_made(db: None) -> None:
    assert first_account() is None
    made = find_account(None)
    assert (made.username, made.has_usable_password()) == ("local", False)
    assert find_account(None) == made
    assert local_account() == made
    User.objects.create_user("later")
    assert find_account(None) == made
    assert find_account("later").username == "later"


def test_a_viewer_may_run_scripts(viewer: User, script: str) -> None:
    run = claim_new_run(Path(script), user="viewer", session=None, arg=["a", "k=v", "=x", "b"], limit=["api_calls=0"])
    assert (run.user, run.status, run.limits["api_calls"]) == (viewer, "running", 0)
    assert run.arguments == [[1, "a"], ["k", "v"], [2, "=x"], [3, "b"]]
