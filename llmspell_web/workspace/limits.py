"""What a run may use: the installation's limits, and a run's own lower ones."""

import dataclasses
from collections.abc import Mapping

from django.conf import settings

from llmspell_web.lua import Limits
from llmspell_web.web.problems import InvalidField


def installed_limits() -> Limits:
    return Limits(
        cpu_seconds=settings.RUN_CPU_SECONDS,
        wall_seconds=settings.RUN_WALL_SECONDS,
        memory_bytes=settings.RUN_MEMORY_BYTES,
        output_bytes=settings.RUN_OUTPUT_BYTES,
        api_calls=settings.RUN_API_CALLS,
        stored_bytes=settings.RUN_STORED_BYTES,
    )


def limits_from(table: Mapping[str, float]) -> Limits:
    """The limits that a run has frozen."""
    return Limits(**table)  # type: ignore[arg-type]  # each value has its own number type, kept by asdict and JSON


def lower_limits(wanted: Mapping[str, str | float]) -> Limits:
    """The installation's limits with some lowered. Raises InvalidField for an unknown name, or a value that is not
    a number above zero and at most the installed limit (zero is allowed for what is only counted)."""
    limits = installed_limits()
    allowed: dict[str, float] = dataclasses.asdict(limits)
    for name, value in wanted.items():
        if name not in allowed:
            raise InvalidField("limit", f"one of {', '.join(allowed)}", f'"{name}"')
        allowed[name] = _read_limit(name, value, allowed[name])
    return limits_from(allowed)


def _read_limit(name: str, value: str | float, allowed: float) -> float:
    is_time = name.endswith("_seconds")
    try:
        number = float(value) if is_time else int(value)
    except ValueError:
        number = -1
    lowest_is_zero = name in {"output_bytes", "api_calls", "stored_bytes"}
    if not (0 < number <= allowed or (lowest_is_zero and number == 0)):
        kind = "a number of seconds" if is_time else "a whole number"
        raise InvalidField(name, f"{kind} above zero and at most {allowed}", str(value))
    return number
