"""What the peers' scripts share: the counting proxy, a process's memory, and one JSON line for each measured step."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PROXY = HERE / ".build" / "counting_proxy"


def emit(**step):
    print(json.dumps(step), flush=True)


def log(text):
    print(text, file=sys.stderr, flush=True)


class CountingProxy:
    """`with CountingProxy(port) as proxy`: connect to `proxy.port`; `proxy.counts()` is what passed since the last call."""

    def __init__(self, target_port):
        self.target_port = target_port

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(PROXY), str(self.target_port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self.process.stdout.readline())["port"]
        return self

    def counts(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def percentile(values, fraction):
    """The nearest-rank percentile."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * fraction // 1))
    return ordered[min(len(ordered), int(rank)) - 1]


def memory_bytes(pid, field="VmRSS"):
    """`VmRSS` now or `VmHWM` at its highest. Not `ru_maxrss`: that one remembers the parent from before `exec`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise ValueError(field)
