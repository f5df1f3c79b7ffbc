"""``pytest --aiomoto-report``: which pages a run writes, and its index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.inner_runs import run_tests
from tests.report_pages import Page

pytest_plugins = ["pytester"]


TESTS = """
def test_passes(aiomoto):
    create_bucket()

@mock_aws
def test_fails():
    create_bucket()
    boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="jobs")
    assert "<b>" == "</b>"

def test_has_no_mock():
    pass
"""


def page_of(folder: Path, name: str) -> Page:
    """The page of a test."""
    (file,) = folder.glob(f"*--{name}-*.html")
    return Page(file)


def test_failed_tests_have_pages_and_the_index_lists_all_with_a_mock(pytester: pytest.Pytester) -> None:
    run_tests(pytester, TESTS, "--aiomoto-report=failed").assert_outcomes(passed=2, failed=1)
    folder = pytester.path / "aiomoto-report"
    index, failed = Page(folder / "index.html"), page_of(folder, "test_fails")

    assert len(list(folder.iterdir())) == 2
    assert "test_passes" in index.text
    assert "test_has_no_mock" not in index.text
    assert [(folder / link).exists() for link in index.links] == [True] * len(index.links)
    assert "assert '<b>' == '</b>'" in failed.text
    assert [call["operation"] for call in failed.data["calls"]] == ["ListBuckets", "CreateBucket", "CreateQueue"]
    assert all(call["places"] for call in failed.data["calls"])
    assert "jobs" in failed.text  # what existed when the mock ended


def test_all_tests_with_a_mock_have_pages(pytester: pytest.Pytester) -> None:
    run_tests(pytester, TESTS, "--aiomoto-report=all", "--aiomoto-report-dir=pages/of mine")
    folder = pytester.path / "pages" / "of mine"

    assert len(list(folder.iterdir())) == 3
    assert "photos" in page_of(folder, "test_passes").text


def test_a_run_in_which_nothing_failed_writes_nothing(pytester: pytest.Pytester) -> None:
    run_tests(pytester, "def test_passes(aiomoto):\n    create_bucket()\n", "--aiomoto-report=failed")

    assert not (pytester.path / "aiomoto-report").exists()


def test_pages_of_an_earlier_run_are_removed_and_other_files_are_kept(pytester: pytest.Pytester) -> None:
    run_tests(pytester, TESTS, "--aiomoto-report=all")
    folder = pytester.path / "aiomoto-report"
    (folder / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    run_tests(pytester, "def test_passes(aiomoto):\n    pass\n", "--aiomoto-report=failed")

    assert sorted(each.name for each in folder.iterdir()) == ["mine.html", "notes.txt"]


@pytest.mark.thorough
def test_names_of_files_are_safe_and_differ(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.mark.parametrize("name", ["a/b", "A/B", "\\U0001f600", "..", "x" * 500])
    def test_with(aiomoto, name):
        boto3.client("s3", region_name="us-east-1").list_buckets()
    """
    run_tests(pytester, tests, "--aiomoto-report=all").assert_outcomes(passed=5)
    names = [each.name for each in (pytester.path / "aiomoto-report").iterdir()]

    assert len({name.lower() for name in names}) == 6
    assert all(name.isascii() and len(name) < 130 for name in names)


def test_a_directory_that_cannot_be_written_is_an_error_at_the_start(pytester: pytest.Pytester) -> None:
    (pytester.path / "file").write_text("", encoding="utf-8")
    result = run_tests(pytester, TESTS, "--aiomoto-report=all", "--aiomoto-report-dir=file/reports")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--aiomoto-report-dir: cannot write reports to *file/reports: *"])


def test_a_report_that_cannot_be_written_changes_no_outcome(pytester: pytest.Pytester) -> None:
    tests = """
    def test_passes(aiomoto):
        create_bucket()
        open("aiomoto-report", "w").close()
    """
    result = run_tests(pytester, tests, "--aiomoto-report=all")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*the aiomoto report was not written: *"])


@pytest.mark.thorough
def test_a_loop_of_calls_is_a_suspicion_and_pages_of_a_list_are_not(pytester: pytest.Pytester) -> None:
    tests = """
    def test_loops(aiomoto):
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="photos")
        for number in range(23):
            s3.put_object(Bucket="photos", Key=str(number), Body=b"x")
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket="photos", PaginationConfig={"PageSize": 1}):
            pass
    """
    run_tests(pytester, tests, "--aiomoto-report=all").assert_outcomes(passed=1)
    index = Page(pytester.path / "aiomoto-report" / "index.html")

    assert "s3 PutObject was called 23 times in sequence, each time with another Key" in index.text
    assert "ListObjectsV2:" not in index.text


def test_a_fixture_of_a_module_has_only_the_calls_of_each_test(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.fixture(scope="module")
    def aws():
        with mock_aws() as aws:
            yield aws

    def test_first(aws):
        boto3.client("s3", region_name="us-east-1").list_buckets()

    def test_second(aws):
        boto3.client("sqs", region_name="us-east-1").list_queues()
    """
    run_tests(pytester, tests, "--aiomoto-report=all")
    folder = pytester.path / "aiomoto-report"

    assert [call["operation"] for call in page_of(folder, "test_first").data["calls"]] == ["ListBuckets"]
    assert [call["operation"] for call in page_of(folder, "test_second").data["calls"]] == ["ListQueues"]


@pytest.mark.thorough
@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest has no subtests")
def test_the_time_of_subtests_counts_once(pytester: pytest.Pytester) -> None:
    tests = """
    import time

    def test_parts(aiomoto, subtests):
        for part in range(3):
            with subtests.test(part=part):
                time.sleep(0.5)
    """
    result = run_tests(pytester, tests, "--aiomoto-report=all")
    page = page_of(pytester.path / "aiomoto-report", "test_parts")

    (seconds,) = re.findall(r"([0-9.]+) s ", page.text)
    assert 1.5 <= float(seconds) <= result.duration
