"""asyncio used where no loop runs, where one runs already, or across two loops."""

from __future__ import annotations

from pathlib import Path

from tests.reproduce import kit

STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"


def start(code: str, *, python: Path | None = None, packages: tuple[str, ...] = (), timeout: float = 15) -> kit.Output:
    """Run `code` as app.py."""
    binary = python or kit.venv("plain", python="3.13")
    with kit.app({"app.py": code}) as folder:
        text = kit.run([binary, "app.py"], cwd=folder, timeout=timeout)
    return kit.Output(STARTUP + text, kit.versions(binary, *packages))


@kit.case("event-loop-misuse", "run-inside-a-loop")
def inside() -> kit.Output:
    """asyncio.run() called from a coroutine."""
    code = """\
import asyncio

async def fetch():
    return 1

async def main():
    return asyncio.run(fetch())

asyncio.run(main())
"""
    return start(code)


@kit.case("event-loop-misuse", "no-loop-in-thread")
def thread() -> kit.Output:
    """get_event_loop() in a worker thread."""
    code = """\
import asyncio
import threading

async def poll():
    return 1

def work():
    loop = asyncio.get_event_loop()
    loop.run_until_complete(poll())

thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
    return start(code)


@kit.case("event-loop-misuse", "create-task-without-loop")
def no_running() -> kit.Output:
    """create_task() at module level."""
    code = "import asyncio\n\nasync def poll():\n    return 1\n\ntask = asyncio.create_task(poll())\n"
    return start(code)


@kit.case("event-loop-misuse", "different-loop")
def two_loops() -> kit.Output:
    """A lock made and used on one loop, then on another."""
    code = """\
import asyncio

lock = asyncio.Lock()

async def hold():
    async with lock:
        await asyncio.sleep(0.2)

async def both():
    await asyncio.gather(hold(), hold())

asyncio.run(both())
asyncio.run(both())
"""
    return start(code)


@kit.case("event-loop-misuse", "run-until-complete-running")
def already_running() -> kit.Output:
    """run_until_complete() on the loop that runs."""
    code = """\
import asyncio

async def answer():
    return 1

async def main():
    loop = asyncio.get_running_loop()
    return loop.run_until_complete(answer())

asyncio.run(main())
"""
    return start(code)


@kit.case("event-loop-misuse", "uvloop-nest-asyncio")
def nest() -> kit.Output:
    """nest_asyncio cannot patch uvloop."""
    python = kit.venv("nest", "nest_asyncio", "uvloop", python="3.12")
    code = """\
import uvloop
import nest_asyncio

async def main():
    nest_asyncio.apply()

uvloop.run(main())
"""
    return start(code, python=python, packages=("nest_asyncio", "uvloop"))


@kit.case("healthy", "loop-closed-at-exit")
def noise() -> kit.Output:
    """A task destroyed at the end of a run that did its work."""
    code = """\
import asyncio

async def forever():
    await asyncio.sleep(3600)

async def main():
    asyncio.create_task(forever())
    print("Application startup complete.", flush=True)

loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
"""
    return start(code)


@kit.case("event-loop-misuse", "closed-loop")
def closed() -> kit.Output:
    """A loop that was closed is used again."""
    code = """\
import asyncio

async def poll():
    return 1

loop = asyncio.new_event_loop()
loop.run_until_complete(poll())
loop.close()
loop.run_until_complete(poll())
"""
    return start(code)


@kit.case("event-loop-misuse", "signal-in-thread")
def signal_thread() -> kit.Output:
    """A signal handler set in a side thread, as bots do in run_polling."""
    code = """\
import asyncio
import signal
import threading

async def run():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, print)

thread = threading.Thread(target=lambda: asyncio.run(run()))
thread.start()
thread.join()
"""
    return start(code)
