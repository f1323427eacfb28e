"""A process inside an installation: each line it is given is Python to run, in a child of its own, with Django started once.

One JSON text a line comes in; one JSON object goes out: `status` (0 when it succeeded), `text` (what it printed, or its fault).
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from typing import IO


class Hand:
    """The process as the journeys hold it: started at the first lines to run."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, code: str, environment: dict[str, str], folder: str) -> str:
        """What these lines print. Raises AssertionError with the traceback when they fail."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.hand"], env=environment, cwd=folder,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["status"] == 0, answer["text"][-3000:]
        return str(answer["text"])

    def stop(self) -> None:
        """End the process, if it was started."""
        if self._process is not None:
            self._process.communicate()


def main() -> None:
    """Answer each line until the input ends."""
    import django

    django.setup()
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            child = os.fork()
            if child == 0:
                _run(json.loads(line), said)
            _, status = os.waitpid(child, 0)
            said.seek(0)
            answer = {"status": os.waitstatus_to_exitcode(status), "text": said.read()}
        print(json.dumps(answer), flush=True)


def _run(code: str, said: IO[str]) -> None:
    """In the child, which knows no connection of its parent's: run, write, end."""
    status = 1
    sys.stdout = said
    try:
        exec(code, {})
        status = 0
    except BaseException:
        traceback.print_exc(file=said)
    finally:
        said.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
