"""`--workers N` and `--scheduler ADDRESS`: who else works on a command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

import click

from certify.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])
_SECONDS = 20


def worker_options(command: Command) -> Command:
    """Adds both options to a command."""
    scheduler = click.option(
        "--scheduler", default=None, metavar="ADDRESS", help="Work on a Dask cluster, such as tcp://host:8786."
    )
    workers = click.option(
        "--workers", type=click.IntRange(min=1), default=None, metavar="N", help="Start N Dask workers on this machine."
    )
    return scheduler(workers(command))


@contextmanager
def cluster_client(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    """A `distributed.Client`, or None where neither option was given.

    Raises InputError for both, where Dask is not installed, and where no scheduler answers.
    """
    if workers is None and scheduler is None:
        yield None
        return
    if workers is not None and scheduler is not None:
        raise InputError(f"--workers {workers} and --scheduler {scheduler} do not go together: give one of the two.")
    try:
        distributed = import_module("distributed")
    except ModuleNotFoundError:
        raise InputError(
            f"{'--workers' if scheduler is None else '--scheduler'} needs Dask, which is not installed: "
            "pip install 'ntk-certify[distributed]'."
        ) from None
    if scheduler is not None:
        try:
            client = distributed.Client(scheduler, timeout=_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                f"no Dask scheduler answers at {scheduler!r} ({type(error).__name__}): start one with "
                "'dask scheduler' and give its address, such as tcp://host:8786."
            ) from None
        with client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextmanager
def tiles_on_workers(workers: int | None, scheduler: str | None) -> Iterator[None]:
    """Passes over tiles inside the block go to the workers asked for; to the threads of this process where none are."""
    with cluster_client(workers, scheduler) as client:
        if client is None:
            yield
            return
        from certify.kernels.float64 import tiles_on
        from certify.kernels.float64.dask_tiles import DaskTiles

        with tiles_on(DaskTiles(client)):
            yield
