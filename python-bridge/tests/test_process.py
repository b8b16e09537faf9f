"""The zkc process behind the functions: kept warm, replaced, cancelled, and nobody else's."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
import torch
from torch import nn

import zkpytorch
from zkpytorch import process
from zkpytorch.command import find_zkc

PATIENCE = 300


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    torch.manual_seed(21)
    folder = tmp_path_factory.mktemp("process")
    archive = zkpytorch.export(nn.Sequential(nn.Linear(6, 8), nn.ReLU()), torch.randn(1, 6), folder / "m.pt", calibration=torch.randn(16, 6))
    return zkpytorch.compile(archive)


X = np.linspace(-1, 1, 6, dtype=np.float32)[None]


def ended(pid):
    """Waits for a process that is no child of this one, or a zombie, to end."""
    for _ in range(PATIENCE * 10):
        try:
            if pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


def interpreter(code, *arguments, **options):
    """Another interpreter with this package."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(pathlib.Path(zkpytorch.__file__).parents[1]), *sys.path])}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)], env=environment, stdout=subprocess.PIPE, text=True, **options
    )


def test_one_process_serves_all_calls(model):
    zkpytorch.run(model, X)
    first = zkpytorch.process_id()
    zkpytorch.verify(zkpytorch.prove(model, X), model)
    assert first is not None and zkpytorch.process_id() == first


def test_a_launcher_that_finds_no_java_says_so_alone(tmp_path):
    launcher = tmp_path / "zkc"
    launcher.write_text("#!/bin/sh\necho 'zkc: needs a JDK and found none' >&2\nexit 2\n")
    launcher.chmod(0o755)
    code = """
        import zkpytorch
        try:
            zkpytorch.check("m.pt2")
        except zkpytorch.ZkcError as e:
            print(e.exit_code, e)
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZKC", str(launcher))
        other = interpreter(code)
    assert other.communicate(timeout=PATIENCE)[0] == "2 needs a JDK and found none\n"


def test_a_killed_process_is_replaced(model):
    expected = zkpytorch.run(model, X)
    first = zkpytorch.process_id()
    os.kill(first, signal.SIGKILL)
    assert np.array_equal(zkpytorch.run(model, X), expected)
    assert zkpytorch.process_id() not in (None, first)


def test_a_process_that_is_killed_at_work_is_asked_once_more(model, tmp_path):
    killed = []

    def kill_once(stage, fraction):
        if not killed:
            killed.append(zkpytorch.process_id())
            os.kill(killed[0], signal.SIGKILL)
            assert ended(killed[0])

    proof = zkpytorch.prove(model, X, proof=tmp_path / "p.zkp", progress=kill_once)
    zkpytorch.verify(proof, model)
    assert zkpytorch.process_id() != killed[0]


def test_a_process_that_ends_again_is_an_error_that_says_so(model, monkeypatch, tmp_path):
    broken = tmp_path / "zkc"
    broken.write_text("#!/bin/sh\necho 'a library is missing' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("ZKC", str(broken))
    with pytest.raises(zkpytorch.ZkcError, match="(?s)ended during 'run', and again.*a library is missing") as caught:
        zkpytorch.run(model, X)
    assert caught.value.exit_code == 3
    monkeypatch.undo()
    zkpytorch.run(model, X)


def test_export_starts_the_process_for_the_calls_that_follow(tmp_path):
    zkpytorch.shutdown()
    archive = zkpytorch.export(nn.Linear(3, 2), torch.randn(1, 3), tmp_path / "m.pt", calibration=torch.randn(8, 3))
    started = zkpytorch.process_id()
    zkpytorch.compile(archive)
    assert started is not None and zkpytorch.process_id() == started


def test_texts_that_are_too_long_for_a_request_are_refused(model):
    with pytest.raises(zkpytorch.ZkcError, match="shorten texts as the context"):
        zkpytorch.prove(model, X, context="x" * (1 << 20))


def test_export_needs_no_zkc(tmp_path, monkeypatch):
    zkpytorch.shutdown()
    monkeypatch.setenv("ZKC", str(tmp_path / "nothing"))
    assert zkpytorch.export(nn.Linear(3, 2), torch.randn(1, 3), tmp_path / "m.pt").path.exists()
    assert zkpytorch.process_id() is None


def test_shutdown_ends_the_process_and_the_next_call_starts_another(model):
    zkpytorch.run(model, X)
    first = zkpytorch.process_id()
    zkpytorch.shutdown()
    assert zkpytorch.process_id() is None and ended(first)
    zkpytorch.run(model, X)
    assert zkpytorch.process_id() not in (None, first)


def test_threads_share_the_process(model, tmp_path):
    failed = []

    def work(number):
        try:
            x = X * number
            proof = zkpytorch.prove(model, x, proof=tmp_path / f"{number}.zkp")
            zkpytorch.verify(proof, model, inputs=x, outputs=proof.outputs)
        except BaseException as e:  # reported by the main thread
            failed.append(e)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_what_progress_raises_cancels_the_work_and_the_process_stays(model, tmp_path):
    zkpytorch.run(model, X)
    first = zkpytorch.process_id()

    def stop(stage, fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        zkpytorch.prove(model, X, proof=tmp_path / "p.zkp", progress=stop)
    assert zkpytorch.run(model, X).shape == (1, 8)
    assert zkpytorch.process_id() == first


def test_ctrl_c_cancels_the_work_and_not_the_session(model):
    child = interpreter(
        """
        import os, signal, sys, numpy, zkpytorch
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for work in the background
        x = numpy.zeros((1, 6), numpy.float32)
        zkpytorch.run(sys.argv[1], x)
        before = zkpytorch.process_id()
        interrupted = False
        try:
            # As the terminal does: to every process of the group.
            zkpytorch.prove(sys.argv[1], x, proof=sys.argv[2], progress=lambda stage, part: os.killpg(0, signal.SIGINT))
        except KeyboardInterrupt:
            interrupted = True
        zkpytorch.run(sys.argv[1], x)
        print(interrupted, before == zkpytorch.process_id())
        """,
        model.model,
        model.model.with_name("ctrl-c.zkp"),
        start_new_session=True,
    )
    assert child.communicate(timeout=PATIENCE)[0].split() == ["True", "True"]


def test_two_interpreters_have_processes_of_their_own_that_end_with_them(model):
    code = """
        import sys, numpy, zkpytorch
        zkpytorch.run(sys.argv[1], numpy.zeros((1, 6), numpy.float32))
        print(zkpytorch.process_id(), flush=True)
        sys.stdin.read()
        """
    one, other = (interpreter(code, model.model, stdin=subprocess.PIPE) for _ in range(2))
    pids = [int(child.stdout.readline()) for child in (one, other)]
    zkpytorch.run(model, X)
    assert len({*pids, zkpytorch.process_id()}) == 3
    # One is killed, the other ends as programs do.
    one.kill()
    other.stdin.close()
    for child in (one, other):
        child.wait(PATIENCE)
        child.stdout.close()
    one.stdin.close()
    assert all(ended(pid) for pid in pids)
    zkpytorch.run(model, X)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_starts_its_own_and_does_not_keep_the_parents_alive(model):
    child = interpreter(
        """
        import os, sys, time, warnings, numpy, zkpytorch
        warnings.simplefilter("ignore", DeprecationWarning)  # of fork in a process with threads
        x = numpy.zeros((1, 6), numpy.float32)
        zkpytorch.run(sys.argv[1], x)
        parents = zkpytorch.process_id()
        if os.fork() == 0:
            fresh = zkpytorch.process_id()
            os.kill(os.getppid(), 9)
            zkpytorch.run(sys.argv[1], x)
            print(fresh, parents, zkpytorch.process_id(), flush=True)
            sys.stdin.read()
            os._exit(0)
        time.sleep(600)
        """,
        model.model,
        stdin=subprocess.PIPE,
    )
    fresh, parents, own = child.stdout.readline().split()
    assert fresh == "None" and parents != own
    # The child lives, and the parent's process has ended with the parent.
    assert ended(int(parents))
    child.stdin.close()
    child.wait(PATIENCE)
    child.stdout.close()
    assert ended(int(own))


def test_hostile_bytes_on_stdin_are_answered_with_errors():
    lines = [b"{", b"\xff\xfe\x00", b"[" * 100_000, b"x" * (2 << 20), os.urandom(5000).replace(b"\n", b""), b'{"jsonrpc": "2.0", "id": 1, "method": "exec"}']
    done = subprocess.run([find_zkc(), "serve", "--stdio"], input=b"\n".join(lines), capture_output=True, timeout=PATIENCE, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(answers) == len(lines)
    assert all(answer["error"]["code"] in (-32700, -32600, -32601) for answer in answers)


def test_the_module_is_the_command_line(model):
    done = subprocess.run(
        [sys.executable, "-m", "zkpytorch", "inspect", str(model.key), "--json"],
        env={**os.environ, "PYTHONPATH": str(pathlib.Path(zkpytorch.__file__).parents[1])},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["digest"] == model.digest


def test_paths_are_relative_to_the_interpreters_folder(model, monkeypatch):
    zkpytorch.run(model, X)
    monkeypatch.chdir(model.model.parent)
    assert zkpytorch.run("m.zkc", X).shape == (1, 8)
    assert process.process_id() is not None


def test_a_process_whose_jar_was_replaced_is_replaced(model, monkeypatch, tmp_path):
    jar = tmp_path / "runtime" / "target" / "zkc.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"old")
    launcher = tmp_path / "zkc"
    launcher.write_text(f"#!/bin/sh\nexec '{find_zkc()}' \"$@\"\n")
    launcher.chmod(0o755)
    monkeypatch.setenv("ZKC", str(launcher))
    expected = zkpytorch.run(model, X)
    first = zkpytorch.process_id()
    zkpytorch.run(model, X)
    assert zkpytorch.process_id() == first
    jar.write_bytes(b"rebuilt")
    assert np.array_equal(zkpytorch.run(model, X), expected)
    assert zkpytorch.process_id() not in (None, first)


def test_an_internal_error_of_a_process_whose_jar_was_replaced_is_asked_once_more(model, monkeypatch, tmp_path):
    # As a JVM that no longer finds its classes answers; the second one is the true zkc.
    jar = tmp_path / "runtime" / "target" / "zkc.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"old")
    answer = '{"jsonrpc":"2.0","id":%s,"error":{"code":-32013,"message":"NoClassDefFoundError","data":{"exitCode":3}}}'
    launcher = tmp_path / "zkc"
    launcher.write_text(
        f"""#!/bin/sh
if [ -e '{tmp_path}/started' ]; then exec '{find_zkc()}' "$@"; fi
touch '{tmp_path}/started'
read -r line
echo '{answer % 1}'
read -r line
sleep 1
echo rebuilt >'{jar}'
echo '{answer % 2}'
read -r line
"""
    )
    launcher.chmod(0o755)
    monkeypatch.setenv("ZKC", str(launcher))
    with pytest.raises(zkpytorch.ZkcError, match="NoClassDefFoundError"):
        zkpytorch.run(model, X)
    assert zkpytorch.run(model, X).shape == (1, 8)
