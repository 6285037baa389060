"""The engine of a cluster: Ray spreads pieces of work over machines. The only module that imports ray."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .survey.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .survey.model import Settings, Work

_TRIES = 3  # of a piece of work whose machine went away
_LEFT_FREE = 1  # processors that the pool never asks for: one that asks for all can wait for ever
_PATIENCE = 10.0  # seconds
_ALONE = 0.5  # of a cluster with a single processor


def run_on_ray(works: Sequence[Work], settings: Settings, jobs: int, address: str) -> Iterator[Outcome]:
    """Yield what comes of each piece of work as it ends, in any order.

    Args:
        works: Pieces of work; their paths must be there on each machine.
        settings: What holds for all.
        jobs: How many actors work at a time; 0 for all processors less one.
        address: The cluster's; "" for the one of RAY_ADDRESS, else one that is started here.

    Raises:
        UsageError: Ray isn't installed, or the cluster can't be reached.
    """
    ray = _connect(address)
    try:
        processors = int(ray.cluster_resources().get("CPU", 1))
        count = min(jobs or max(processors - _LEFT_FREE, 1), max(len(works), 1))
        share = min(1.0, max(processors - _LEFT_FREE, _ALONE) / count)
        build = ray.remote(num_cpus=share, max_restarts=0)(_Auditor).remote
        yield from _spread(ray, list(reversed(works)), count, lambda: build(settings))
    finally:
        ray.shutdown()


def _connect(address: str) -> Any:
    try:
        import ray
    except ImportError:
        raise UsageError("--engine ray needs Ray.", "Install it: pip install 'ringfence[ray]'.") from None
    _reach(address or os.environ.get("RAY_ADDRESS", ""))
    try:
        ray.init(address=address or None, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        message = " ".join(str(error).split())[:200]
        raise UsageError(f"the cluster can't be reached: {message}", "Try ray status --address ADDRESS.") from None
    return ray


def _reach(address: str) -> None:
    """Check that somebody listens at an address such as `10.0.0.1:6379`: Ray tries for minutes.

    Raises:
        UsageError: Nobody does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"the cluster can't be reached: {address}: {error}.", f"Try ray status --address {address}."
        ) from None


def _spread(ray: Any, waiting: list[Work], count: int, build: Any) -> Iterator[Outcome]:
    """Keep `count` actors at work, one piece each, and replace those that went away."""
    idle = [build() for _ in range(count)]
    running: dict[Any, tuple[Any, Work]] = {}
    tries: dict[Work, int] = {}
    while waiting or running:
        while waiting and idle:
            work, actor = waiting.pop(), idle.pop()
            tries[work] = tries.get(work, 0) + 1
            running[actor.audit.remote(work)] = actor, work
        [done], _ = ray.wait(list(running), num_returns=1)
        actor, work = running.pop(done)
        try:
            yield ray.get(done)
            idle.append(actor)
        except ray.exceptions.RayError as error:
            ray.kill(actor)  # it may be there still, and keep its processor
            idle.append(build())
            if tries[work] < _TRIES:
                waiting.append(work)
            else:
                yield Outcome(work, error=f"its worker ended {_TRIES} times: {' '.join(str(error).split())[:200]}")


class _Auditor:
    """An actor: it passes work to a process of its own, which can fork, and maps the index once."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "ringfence.audit.survey.worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._send(settings)

    def audit(self, work: Work) -> Outcome:
        """Return what comes of a piece of work."""
        self._send(work)
        outcome: Outcome = pickle.load(self._process.stdout)  # type: ignore[arg-type]  # noqa: S301 - our own process
        return outcome

    def _send(self, item: Settings | Work) -> None:
        assert self._process.stdin  # noqa: S101 - it is a pipe
        pickle.dump(item, self._process.stdin)
        self._process.stdin.flush()
