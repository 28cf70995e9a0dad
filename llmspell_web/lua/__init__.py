"""The engine that runs one Lua script in one locked process. See interface.py for what goes in and what comes out."""

from .engine import Engine
from .interface import (
    NULL,
    Caller,
    Host,
    LimitName,
    LimitPassed,
    Limits,
    Null,
    Outcome,
    Parts,
    Program,
    Refused,
    SandboxRefused,
    ScriptError,
    Status,
    Stream,
    Value,
)
from .stop import StopSwitch
from .values import NotJson, as_json

__all__ = [
    "NULL",
    "Caller",
    "Engine",
    "Host",
    "LimitName",
    "LimitPassed",
    "Limits",
    "NotJson",
    "Null",
    "Outcome",
    "Parts",
    "Program",
    "Refused",
    "SandboxRefused",
    "ScriptError",
    "Status",
    "StopSwitch",
    "Stream",
    "Value",
    "as_json",
]
