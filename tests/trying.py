"""Runs an exercise's tests on many versions of its code, each in a process forked from one that has pytest imported.

    python trying.py FOLDER < jobs.json > reports.json

A job names the code, the work folder, the seed of the order of tests, whether to measure coverage, and whether to stop
as soon as the code is seen through.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import coverage
import pytest


class Observer:
    """A pytest plugin that shuffles the tests and counts what became of them.

    If it is `brief`, it stops as soon as one test has passed and one has failed: enough to know of wrong code.
    """

    def __init__(self, seed: str, brief: bool) -> None:
        self.seed = seed
        self.brief = brief
        self.session: pytest.Session | None = None
        self.counts = {"tests": 0, "passed": 0, "failed": 0, "errors": 0, "skipped": 0}

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        random.Random(self.seed).shuffle(items)
        self.counts["tests"] = len(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.counts["errors"] += report.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.counts["skipped"] += report.skipped
        if report.when == "call":
            self.counts["passed"] += report.passed
            self.counts["failed"] += report.failed
            if self.brief and self.session and self.counts["passed"] and self.counts["failed"]:
                self.session.shouldfail = "seen through"
        else:
            self.counts["errors"] += report.failed


def attempt(job: dict[str, Any], target: str, tests: Path) -> dict[str, Any]:
    """Run the tests on one version of the code, in this process."""
    work = Path(job["work"])
    work.mkdir()
    shutil.copy(job["code"], work / target)
    shutil.copy(tests, work)
    os.chdir(work)
    sys.path.insert(0, str(work))
    observer = Observer(job["seed"], job["brief"])
    measured = coverage.Coverage(include=[target], data_file=None) if job["measure"] else None
    began = time.process_time()
    with open("output.txt", "w", encoding="utf-8") as output, contextlib.redirect_stdout(output):
        with measured.collect() if measured else contextlib.nullcontext():
            options = ["-q", "-p", "no:cacheprovider", "-W", "error"]
            pytest.main([*options, "-c", os.devnull, f"--rootdir={work}", tests.name], plugins=[observer])
        seconds = time.process_time() - began
        covered = measured.report(file=output) if measured else 0
    return {**observer.counts, "seconds": seconds, "covered": covered, "output": Path("output.txt").read_text("utf-8")}


def main() -> None:
    folder = Path(sys.argv[1])
    stem = folder.name.replace("-", "_")
    if "fastapi" in (folder / f"{stem}_test.py").read_text(encoding="utf-8"):
        importlib.import_module("fastapi.testclient")  # once, for all the processes to come
    reports = []
    for job in json.load(sys.stdin):
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            found = attempt(job, f"{stem}.py", folder / f"{stem}_test.py")
            with os.fdopen(theirs, "w") as stream:
                json.dump(found, stream)
            os._exit(0)
        os.close(theirs)
        with os.fdopen(ours) as stream:
            reports.append(json.load(stream))
        os.waitpid(child, 0)
    json.dump(reports, sys.stdout)


main()
