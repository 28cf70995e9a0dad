"""What a run may use, and how a run's own limits are lowered."""

import dataclasses

import pytest
from pytest_django import Settings

from llmspell_web.lua import Limits
from llmspell_web.web.problems import InvalidField
from llmspell_web.workspace.limits import installed_limits, lower_limits


def test_the_settings_are_the_limits(settings: Settings) -> None:
    settings.RUN_API_CALLS = 5
    assert installed_limits().api_calls == 5
    assert lower_limits({}) == installed_limits()
    with pytest.raises(InvalidField, match="at most 5"):
        lower_limits({"api_calls": "6"})


def test_limits_are_lowered() -> None:
    limits = lower_limits({"cpu_seconds": "0.5", "api_calls": "0", "memory_bytes": 8_000_000})
    assert (limits.cpu_seconds, limits.api_calls, limits.memory_bytes) == (0.5, 0, 8_000_000)
    assert limits.wall_seconds == installed_limits().wall_seconds


def test_the_installed_value_itself_is_allowed() -> None:
    for name, value in dataclasses.asdict(installed_limits()).items():
        assert lower_limits({name: str(value)}) == installed_limits()


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Limits)])
@pytest.mark.parametrize("value", ["-1", "1e99", "nan", "inf", "", "many", "0x10", "999999999999999999999"])
def test_other_values_are_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidField, match=name):
        lower_limits({name: value})


def test_none_of_time_or_memory_is_refused() -> None:
    for name in ("cpu_seconds", "wall_seconds", "memory_bytes"):
        with pytest.raises(InvalidField, match=name):
            lower_limits({name: "0"})


@pytest.mark.parametrize("name", ["calls", "", "__class__", "API_CALLS"])
def test_unknown_names_are_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(InvalidField, match="one of cpu_seconds, wall_seconds"):
        lower_limits({name: "1"})
