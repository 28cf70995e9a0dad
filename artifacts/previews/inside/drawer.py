"""One task, in one process: import what it needs, lock down, take the content, answer, end."""

import gc
import importlib
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import cast

from artifacts.previews.protocol import receive, receive_frame, send_frame
from llmspell_web.lua.inside import lockdown

MEMORY_BYTES = 640 * 1024 * 1024  # beyond what the imports took: two copies of the largest picture that is decoded
CPU_SECONDS = 4  # beyond what any honest file of the sizes allowed takes: then the process is killed
TASKS = (
    "pictures",
    "pages",
    "source",
    "prose",
)  # modules beside this one, each with prepare(hint) and draw(order, content)

Order = dict[str, object]


class CannotDraw(Exception):
    """In words for whoever looks at the artifact."""


def main(control: int, task: str, hint: str, uid: int | None) -> None:
    """`prepare` imports and opens what `draw` will need: afterwards nothing can be."""
    assert task in TASKS
    module = importlib.import_module(f"artifacts.previews.inside.{task}")
    draw = cast(Callable[[Order, bytes], tuple[object, bytes]], module.draw)
    module.prepare(hint)
    gc.freeze()
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    address_bytes = pages * resource.getpagesize() + MEMORY_BYTES
    layers = lockdown.drop_rights(control, {"uid": uid, "cpu_seconds": CPU_SECONDS, "address_bytes": address_bytes})
    layers["root"] = uid is not None
    connection = socket.socket(fileno=lockdown.SOCKET)
    lockdown.filter_calls(layers)
    send_frame(connection, layers)
    order, _ = receive_frame(connection)
    assert isinstance(order, dict)
    content = receive(connection, int(order["size"]))
    try:
        facts, picture = draw(order, content)
    except CannotDraw as problem:
        send_frame(connection, {"problem": str(problem)})
    except MemoryError:
        send_frame(connection, {"problem": "it takes more memory than is allowed for a preview"})
    except Exception as error:  # noqa: BLE001 - the process boundary: a decoder met nonsense, in one way of very many
        send_frame(connection, {"problem": f"it is damaged ({type(error).__name__})"})
    else:
        send_frame(connection, {"facts": facts}, picture)
    os._exit(0)
