"""What benches/run and benches/peers/run share: timing whole processes, synthetic fleets, Markdown tables.

A program's figures are those of its whole process: wall time from spawn to reaping, and what the kernel counted for
it (wait4). Keep the process that imports this small: the kernel counts a child's peak memory from the size of its
parent at the moment of the spawn, which here is about 15 MB, so that nothing smaller can be seen.
"""

import contextlib
import dataclasses
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BENCHES = pathlib.Path(__file__).resolve().parent
REPOSITORY = BENCHES.parent


@dataclasses.dataclass
class Sample:
    """One run of one program. Seconds, and peak resident memory in bytes."""

    wall: float
    cpu: float
    memory: int


@dataclasses.dataclass
class Series:
    """The runs of one program at one task."""

    samples: list = dataclasses.field(default_factory=list)

    def wall(self):
        return statistics.median(sample.wall for sample in self.samples)

    def cpu(self):
        return statistics.median(sample.cpu for sample in self.samples)

    def memory(self):
        return max(sample.memory for sample in self.samples)


def run(argv, expect=0, cwd=None):
    """Runs `argv` to its end, output to a file, and returns its Sample. Any exit code but `expect` ends the benchmark."""
    argv = [str(argument) for argument in argv]
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != expect:
            output.seek(0)
            tail = output.read()[-2000:].decode(errors="replace")
            sys.exit(f"{' '.join(argv)}: exit code {child.returncode}, expected {expect}\n{tail}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def alternate(programs, repeat, prepare=None):
    """Runs every program once, then all of them again, `repeat` times after one round that is not counted.

    `programs` maps a name to argv. Alternating spreads a busy moment of the machine over all of them alike.
    """
    series = {name: Series() for name in programs}
    for round_number in range(repeat + 1):
        for name, argv in programs.items():
            if prepare:
                prepare(name)
            sample = run(argv)
            if round_number:
                series[name].samples.append(sample)
    return series


def cistern():
    """The binary to measure: $CISTERN_BIN, else what `cargo build --release` made."""
    named = os.environ.get("CISTERN_BIN")
    binary = pathlib.Path(named) if named else REPOSITORY / "target/release/cistern"
    if not os.access(binary, os.X_OK):
        sys.exit(f"{binary}: no such program; run `cargo build --release` or set CISTERN_BIN")
    return binary.resolve()


def use_cores(count):
    """Binds this process and its children to `count` cores; returns how many it got."""
    cores = sorted(os.sched_getaffinity(0))[:count]
    os.sched_setaffinity(0, cores)
    return len(cores)


@contextlib.contextmanager
def workspace():
    """A directory in memory, where creating a file costs the same on every machine."""
    shm = pathlib.Path("/dev/shm")
    parent = shm if shm.is_dir() else None
    if parent is None:
        print("no /dev/shm here: the figures include this machine's disk", file=sys.stderr)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="cistern-bench-", dir=parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def synthetic(directory, hosts):
    """Writes the synthetic fleet of `hosts` hosts, in processes of their own, and returns its directory."""
    fleet = directory / f"fleet-{hosts}"
    subprocess.run([BENCHES / "synthetic/generate", "--hosts", str(hosts), fleet], check=True, stdout=sys.stderr)
    subprocess.run([BENCHES / "synthetic/seal", cistern(), fleet], check=True, stdout=sys.stderr)
    return fleet


def machine(cores):
    """One line about where the figures come from."""
    model = platform.machine()
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{model}, {cores} cores, Linux {platform.release().split('-')[0]}"


def seconds(value):
    """0.0042 → `4.2 ms`, 0.12 → `120 ms`, 1.3 → `1.30 s`."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1000:.1f} ms" if value < 0.01 else f"{value * 1000:.0f} ms"


def megabytes(value):
    return f"{value / 1e6:.0f} MB"


def table(header, rows):
    """A Markdown table with its columns aligned: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(cells):
        padded = [cell.rjust(width) for cell, width in zip(cells, widths)]
        padded[0] = cells[0].ljust(widths[0])
        return "| " + " | ".join(padded) + " |"

    rules = ["-" * (width + 1) + ":" for width in widths]
    rules[0] = "-" * (widths[0] + 2)
    rule = "|" + "|".join(rules) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])
