"""The rules that the test run itself keeps, each shown to fail what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.needs_root import RootSuites

TESTS = Path(__file__).parents[1]

SUITES = """
    import pytest

    @pytest.mark.root
    def test_that_needs_root():
        pass

    def test_that_does_not():
        pass
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    """Run pytest of its own over two tests."""
    pytester.makeini("[pytest]\naddopts = -p no:xvfb\nmarkers = root: needs root")
    pytester.makepyfile(test_suite=SUITES)
    return pytester


def test_a_suite_that_needs_root_is_named_where_it_cannot_run(inner: pytest.Pytester) -> None:
    run = inner.runpytest_inprocess(plugins=[RootSuites(is_root=False, under_ci=False)])
    run.assert_outcomes(passed=1, deselected=1)
    run.stdout.fnmatch_lines(["*not run: these suites need root*", "test_suite.py"])
    assert run.ret == pytest.ExitCode.OK


def test_leaving_it_out_is_a_failure_under_ci(inner: pytest.Pytester) -> None:
    run = inner.runpytest_inprocess(plugins=[RootSuites(is_root=False, under_ci=True)])
    assert run.ret == pytest.ExitCode.TESTS_FAILED


def test_what_nobody_asked_for_is_not_left_out(inner: pytest.Pytester) -> None:
    run = inner.runpytest_inprocess(
        "-m", "not root", plugins=[RootSuites(is_root=False, under_ci=True)]
    )
    assert run.ret == pytest.ExitCode.OK


def test_root_runs_everything(inner: pytest.Pytester) -> None:
    run = inner.runpytest_inprocess(plugins=[RootSuites(is_root=True, under_ci=True)])
    run.assert_outcomes(passed=2)
    assert run.ret == pytest.ExitCode.OK


@pytest.mark.slow
def test_it_is_named_where_the_tests_run_in_several_processes(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner.makeconftest("""
        from support.needs_root import RootSuites

        def pytest_configure(config):
            config.pluginmanager.register(RootSuites(is_root=False, under_ci=True))
    """)
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    run = inner.runpytest_subprocess("-n", "2")
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["*not run: these suites need root*", "test_suite.py"])
    assert run.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("body", "left"),
    [
        pytest.param(
            "threading.Thread(target=threading.Event().wait, name='stray', daemon=True).start()",
            "left behind: thread stray",
            id="thread",
        ),
        pytest.param(
            # The process reads a pipe of the inner run, and so ends with it.
            "kept.append(subprocess.Popen(['cat'], stdin=subprocess.PIPE))",
            "left behind: process * (cat)",
            id="process",
        ),
    ],
)
def test_what_a_test_leaves_behind_fails_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, left: str
) -> None:
    pytester.makepyfile(
        f"import subprocess, threading\n\nkept = []\n\ndef test_untidy():\n    {body}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    run = pytester.runpytest_subprocess("-p", "support.left_behind", "-p", "no:xvfb")
    run.assert_outcomes(passed=1, errors=1)
    run.stdout.fnmatch_lines([left])
