"""Compare all services that Moto has: ``python -m tests.differential [service ...]``."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

import boto3

from tests.differential.comparison import MAY_DIFFER, Comparison, compare, is_in_moto
from tests.differential.operations import LEFT_OUT


def main(services: list[str]) -> int:
    """Compare services, or all of them; the exit status is 1 where there is a difference."""
    began = time.monotonic()
    services = services or boto3.Session(region_name="us-east-1").get_available_services()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tasks = [pool.submit(_compare, service) for service in _largest_first(services)]
        found = [each for task in as_completed(tasks) if (each := _report(task.result()))]
    differences = [each for comparison in found for each in comparison.differences]
    operations, answered = sum(each.operations for each in found), sum(each.answered for each in found)
    print(f"{len(found)} services, {operations} operations, of which Moto answers {answered}", end=": ")
    print(f"{len(differences)} differences, in {time.monotonic() - began:.0f} s")
    for each in found:
        for operation in sorted(each.unsteady):
            print(f"compared without values, which differ with Moto alone: {each.service} {operation}")
    for (service, operation), reason in {**LEFT_OUT, **MAY_DIFFER}.items():
        print(f"not compared: {service} {operation}: {reason}")
    return 1 if differences else 0


def _report(found: Comparison | None) -> Comparison | None:
    for difference in found.differences if found else ():
        print(difference, flush=True)
    return found


def _largest_first(services: Iterable[str]) -> list[str]:
    return sorted(services, key=lambda service: (service not in ("ec2", "s3", "iam", "rds", "sagemaker"), service))


def _compare(service: str) -> Comparison | None:
    warnings.simplefilter("ignore")
    return compare(service) if is_in_moto(service) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
