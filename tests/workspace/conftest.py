"""Scripts run here through the real engine, as in tests/lua."""

from tests.lua.conftest import engine, run_lua

__all__ = ["engine", "run_lua"]
