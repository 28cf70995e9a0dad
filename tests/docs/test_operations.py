"""docs/operations.md names every setting and every command, and none that is not there."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.core.management import load_command_class
from django.core.management.base import CommandParser

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs/operations.md").read_text()
SETTING_ROW = re.compile(r"^\| `(?P<name>[A-Z0-9_]+)` \|[^|]+\| (?P<default>[^|]+) \|", re.MULTILINE)
COMMAND_ROW = re.compile(r"^\| `(?P<name>[a-z_]+)[^`]*` \|", re.MULTILINE)


def settings_read() -> dict[str, object]:
    """Each variable that settings.py reads, with its default where that is a plain number, else None."""
    found: dict[str, object] = {"DATABASE_URL": None}
    for node in ast.walk(ast.parse((ROOT / "llmspell_web/settings.py").read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("read_"):
            name = node.args[0]
            if isinstance(name, ast.Constant):
                found[str(name.value)] = plain_number(node.args[1]) if node.func.id == "read_integer" else None
    return found


def plain_number(expression: ast.expr) -> object:
    """The value of an expression of numbers, such as `64 * 1024`."""
    return eval(compile(ast.Expression(expression), "settings.py", "eval"), {"__builtins__": {}})


def own_commands() -> dict[str, Path]:
    folders = [Path(config.path) / "management" / "commands" for config in apps.get_app_configs()]
    own = [folder for folder in folders if folder.is_relative_to(ROOT) and ".venv" not in folder.parts]
    return {path.stem: path for folder in own for path in folder.glob("[a-z]*.py")}


def test_settings_and_documentation_agree() -> None:
    documented = {row["name"]: row["default"] for row in SETTING_ROW.finditer(OPERATIONS)}
    assert documented.keys() == settings_read().keys()


def test_documented_defaults_of_numbers_are_the_real_ones() -> None:
    documented = {row["name"]: row["default"] for row in SETTING_ROW.finditer(OPERATIONS)}
    numbers = {name: str(default) for name, default in settings_read().items() if default is not None}
    assert numbers == {name: documented[name] for name in numbers}


def test_variables_are_read_by_the_settings_and_serve_alone() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("llmspell_web", "sessions", "artifacts")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"environ(\.get|\[)|getenv|web\.environment import", path.read_text())
    }
    assert readers == {"llmspell_web/settings.py", "llmspell_web/environment.py", "llmspell_web/serve.py"}


def test_commands_and_documentation_agree() -> None:
    assert {row["name"] for row in COMMAND_ROW.finditer(OPERATIONS)} == own_commands().keys()


def test_every_option_of_a_command_is_documented() -> None:
    parser = CommandParser(conflict_handler="resolve")
    for name in ("run_script", "seed_sample"):
        load_command_class("llmspell_web.workspace", name).add_arguments(parser)
    for name in ("verify_blobs", "sweep_blobs"):
        load_command_class("artifacts", name).add_arguments(parser)
    load_command_class("llmspell_web.trash", "purge_trash").add_arguments(parser)
    load_command_class("llmspell_web.audit", "export_audit").add_arguments(parser)
    options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    documented = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", OPERATIONS))
    assert options - {"--help"} == documented
