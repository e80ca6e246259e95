# SPDX-License-Identifier: Apache-2.0
"""hmc, the command line: beside daemons that are none, and its terminals beside a hypervisor that is none."""

import fcntl
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading

import pexpect
import pytest

from libfake import ANSWER, TOP, make_build, make_running, make_system, wait_until  # noqa: F401

HMC = TOP / "build" / "bin" / "hmc"
SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
LISTS = {
    "help": "chsysstate\tstarts and stops\nlssyscfg\tlists\nmksyscfg\tmakes\n",
    "--help": (
        "usage: lssyscfg -r lpar|prof|sys [-m SYSTEM] {-n NAME | --id ID}\n"
        '                [--filter "lpar_names=NAME[,NAME...],lpar_ids=ID..."]\n'
        "                [-F [ATTRIBUTE,...]] [--header]\n\n"
        "  -r TYPE  this: or --that\n"
    ),
    "-F": "lp1\nlp2\n",
    "lssyscfg": 'name=lp1,lpar_id=1,state=Running,"slots=1,2","x=""y=z"",b",curr_mem=5\n',
}


class Daemon(threading.Thread):
    """What answers in a run directory: some commands of its own, the rest with their words."""

    def __init__(self, run):
        super().__init__(daemon=True)
        run.mkdir()
        self.run_directory = run
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(run / "hmcd.sock"))
        self.listener.listen()
        self.begun = threading.Event()
        self.start()

    def run(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self, client):
        with client, client.makefile("rb") as stream:
            line = stream.readline().split()
            if line:
                assert line[0] == b"hmc"
                words = stream.read(int(line[1])).decode().split("\0")[:-1]
                self.command(words, stream, lambda tag, text: client.sendall(b"%s %d\n" % (tag, len(text)) + text))

    def command(self, words, stream, say):
        """Answers like the daemon."""
        name, status = words[0], 0
        if name == "fail":
            say(b"p", b"failing slowly")
            say(b"o", b"some output\n")
            say(b"e", b"HSCL1234 This has failed.\n")
            status = 3
        elif name == "show":
            say(b"f", words[1].encode())
            size = stream.readline()
            say(b"e" if size.startswith(b"error") else b"o", size if size.startswith(b"error") else stream.read(int(size)))
        elif name == "save":
            say(b"w", words[1].encode() + b"\0content\n")
            say(b"o", stream.readline())
        elif name == "hang":
            say(b"p", b"waiting")
            self.begun.set()
            stream.read(1)
            return
        elif name == "die":
            return
        else:
            kinds = [kind for kind in LISTS if kind in words]
            say(b"o", LISTS[kinds[0]].encode() if kinds else f"{self.run_directory.name}: {words}\n".encode())
        say(b"x", b"%d" % status)


@pytest.fixture(name="systems")
def make_systems(tmp_path, monkeypatch):
    """systems("a", "b"): daemons that are in the registry, of which hmc knows nothing else."""
    registry = tmp_path / "registry"
    registry.mkdir(0o700)
    monkeypatch.setenv("OPENLPAR_REGISTRY", str(registry))
    monkeypatch.setenv("OPENLPAR_HISTORY", str(tmp_path / "history"))
    monkeypatch.delenv("OPENLPAR_DIR", raising=False)
    daemons = []

    def make(*names):
        for name in names:
            daemons.append(Daemon(tmp_path / name))
            (registry / name).symlink_to(tmp_path / name)
        return daemons[-1]

    yield make
    for daemon in daemons:
        daemon.end()


def hmc(*words, stdin="", **options):
    """Status, output, messages."""
    command = [HMC, *words]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=ANSWER, check=False, **options
    )
    return done.returncode, done.stdout, done.stderr


def test_one_command(systems):
    daemon = systems("one")
    assert hmc("any", "a b", "", "c'd\"e") == (0, "one: ['any', 'a b', '', 'c\\'d\"e']\n", "")
    assert hmc("fail") == (3, "some output\n", "HSCL1234 This has failed.\n")
    status, output, error = hmc("die")
    assert (status, output) == (1, "") and "has gone" in error
    status, output, error = hmc("any", "x" * 70000)
    assert (status, output) == (1, "") and "too long, at most 65536 bytes" in error
    assert hmc("--dir", daemon.run_directory, "any") == (0, "one: ['any']\n", "")
    assert hmc("any", env={"OPENLPAR_DIR": str(daemon.run_directory)}) == (0, "one: ['any']\n", "")
    assert hmc("--nonsense")[0] == 2


def test_progress_on_a_terminal_only(systems):
    systems("one")
    run = pexpect.spawn(str(HMC), ["fail"], timeout=ANSWER, encoding="utf-8")
    assert run.read() == "failing slowly\r\x1b[Ksome output\r\nHSCL1234 This has failed.\r\n"
    run.wait()
    assert run.exitstatus == 3


def test_which_system(systems, tmp_path):
    assert hmc("any") == (1, "", "hmc: no managed system is running\n")
    (tmp_path / "registry" / "dead").symlink_to(tmp_path / "nowhere")
    systems("one")
    assert hmc("any") == (0, "one: ['any']\n", "")
    systems("two")
    status, output, error = hmc("any")
    assert (status, output) == (1, "") and error.endswith("-m selects one of them: one two\n")
    assert hmc("any", "-m", "two") == (0, "two: ['any', '-m', 'two']\n", "")
    assert hmc("any", "-m", "dead") == (1, "", "HSCL8018 The managed system dead was not found.\n")
    assert hmc("lssyscfg", "-r", "sys") == (0, LISTS["lssyscfg"] * 2, "")
    (tmp_path / "registry").chmod(0o777)
    assert hmc("any")[0] == 1


def test_text(systems):
    systems("one")
    assert hmc("-c", "any 'a b' \"c d\" e\\ f")[1] == "one: ['any', 'a b', 'c d', 'e f']\n"
    status, output, _ = hmc("-c", "fail && any x; any y || any z\n# remark\nany end")
    assert (status, output) == (0, "some output\none: ['any', 'y']\none: ['any', 'end']\n")
    assert hmc("-c", "exit 7; any")[:2] == (7, "")
    assert hmc("-c", "fail; exit")[0] == 3
    assert hmc("-c", "")[:2] == (0, "")
    assert hmc(stdin="any x\nfail\nexit\nany y\n")[:2] == (3, "one: ['any', 'x']\nsome output\n")
    assert hmc("--ssh", env=os.environ | {"SSH_ORIGINAL_COMMAND": "any x"})[1] == "one: ['any', 'x']\n"
    assert "mkvterm\t" in hmc("help")[1] and hmc("help") == hmc("-c", "help")


@pytest.mark.parametrize("text", ["any | any", "any > file", "any $(any)", "any `any`", "any $HOME", "any &", "any 'x"])
def test_text_that_a_shell_would_take(systems, tmp_path, text):
    systems("one")
    status, output, error = hmc("-c", text, cwd=tmp_path)
    assert (status, output) == (2, "") and error.startswith("hmc: ")
    assert not (tmp_path / "file").exists()


def test_files_of_a_login(systems, tmp_path):
    """A login has the files below its directory, but none that decide about logins; others have them all."""
    systems("one")
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / "sub").mkdir()
    (home / "sub" / "file").write_text("sub\n")
    (home / ".ssh" / "authorized_keys").write_text("key\n")
    (home / "link").symlink_to(tmp_path)
    (tmp_path / "outside").write_text("outside\n")
    assert hmc("-c", "show sub/file", cwd=home)[1] == "sub\n"
    assert hmc("-c", "show -", stdin="typed\n", cwd=home)[1] == "typed\n"
    assert hmc("-c", "save -", cwd=home)[1] == "content\nok\n"
    assert hmc("-c", "save new", cwd=home)[1] == "ok\n"
    assert (home / "new").read_text() == "content\n"
    for path in (".ssh/authorized_keys", "sub/../.ssh/authorized_keys", "../outside", str(tmp_path / "outside"),
                 "link/outside", "/proc/self/cwd/new"):  # fmt: skip
        assert hmc("-c", f"show {path}", cwd=home)[1] == ""
        assert hmc("-c", f"save {path}", cwd=home)[1].startswith("error ")
    assert (home / ".ssh" / "authorized_keys").read_text() == "key\n"
    assert (tmp_path / "outside").read_text() == "outside\n"
    assert hmc("show", tmp_path / "outside", cwd=home)[1] == "outside\n"


@pytest.mark.parametrize(
    "line, choices",
    [
        ("", "chsysstate exit help history logout lssyscfg mksyscfg mkvterm quit"),
        ("l", "logout lssyscfg"),
        ("exit; lss", "lssyscfg"),
        ("lssyscfg -", "--filter --header --id -F -m -n -r"),
        ("lssyscfg -r ", "lpar prof sys"),
        ("lssyscfg -r l", "lpar"),
        ("lssyscfg -m ", "one two"),
        ("lssyscfg -r lpar -F ", "curr_mem lpar_id name slots state x"),
        ("lssyscfg -r lpar -F name,s", "slots state"),
        ("lssyscfg -r lpar --filter ", "lpar_ids lpar_names"),
        ("lssyscfg -r lpar --filter lpar_names=l", "lp1 lp2"),
        ("mksyscfg -r lpar -i 'name=x,cur", "curr_mem"),
        ("mkvterm -m one -p ", "lp1 lp2"),
        ("rmsyscfg -r lpar -n lp2", "lp2"),
        ("any 'x", ""),
        ("any | l", ""),
    ],
)
def test_completion(systems, line, choices):
    systems("one", "two")
    assert hmc("--complete", line)[1].split() == choices.split()


def test_completion_in_bash(systems, tmp_path):
    systems("one")
    script = tmp_path / "ask"
    script.write_text(
        f"source {TOP}/tools/hmc/completion.bash\n"
        'ask() { COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$(($# - 2)); COMP_WORDS=("${@:2}"); _hmc 2>/dev/null; echo "${COMPREPLY[*]}"; }\n'
        f"h={HMC}\n"
        'ask "$h lssyscfg -r lpar -F name,st" $h lssyscfg -r lpar -F name,st\n'
        f'ask "$h --dir {tmp_path}/one lss" $h --dir {tmp_path}/one lss\n'
        'ask "$h lssyscfg --filter lpar_names=l" $h lssyscfg --filter lpar_names = l\n'
    )
    done = subprocess.run(["bash", script], capture_output=True, text=True, timeout=ANSWER, check=False)
    assert done.stdout == "name,state\nlssyscfg\nlp1 lp2\n", done.stderr


def test_shell_on_a_terminal(systems, tmp_path):
    daemon = systems("one")
    run = pexpect.spawn(str(HMC), timeout=ANSWER, encoding="utf-8", env=os.environ | {"INPUTRC": "/dev/null"})
    run.logfile_read = sys.stdout
    run.delaybeforesend = None
    run.expect("hmc> ")
    run.send("lssys\t-r lp\t-F na\t\r")
    run.expect("lp1\r\nlp2\r\n.*hmc> ")
    run.send("hang\r")
    assert daemon.begun.wait(ANSWER)
    run.expect("waiting")
    run.sendintr()
    run.expect("interrupted; .*hmc> ")
    run.send("any not this")
    run.expect("any not this")
    run.sendintr()
    run.expect("hmc> ")
    run.send("fail\r")
    run.expect(r"HSCL1234 This has failed\.\r\n.*hmc> ")
    run.send("exit\r")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 3
    kept = (tmp_path / "history").read_text().split("\n")
    assert kept == ["lssyscfg -r lpar -F name ", "hang", "fail", "exit", ""]
    assert (tmp_path / "history").stat().st_mode & 0o77 == 0
    run = pexpect.spawn(str(HMC), timeout=ANSWER, encoding="utf-8")
    run.expect("hmc> ")
    run.send("history\r")
    run.expect("2  hang\r\n.*hmc> ")
    run.sendeof()
    run.expect("exit\r\n")
    run.expect(pexpect.EOF)


# A partition's console.


def vterm(system, *words, name="lp1"):
    run = pexpect.spawn(
        str(HMC), ["--dir", str(system.run), "mkvterm", "-p", name, *words], timeout=ANSWER, encoding="utf-8"
    )
    run.logfile_read = sys.stdout
    run.delaybeforesend = None
    return run


def test_mkvterm_on_a_terminal(system):
    run = vterm(system)
    run.expect("~. at the beginning of a line leaves")
    run.expect("Linux that is none\r\n# ")
    run.send("echo alive-$((6*7))\r")
    run.expect("alive-42\r\n# ")
    # The person makes the window another size: nothing comes of it.
    fcntl.ioctl(run.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
    run.kill(signal.SIGWINCH)
    run.send("x~.~~y\r~~.z\r")
    run.expect("x~.~~y")
    run.expect("~.z")
    run.send("echo alive-$((6*7))\r")
    run.expect("alive-42\r\n# ")
    status, _, error = hmc("--dir", system.run, "mkvterm", "-p", "lp1")
    assert (status, error.split("\n")[0]) == (1, "A terminal session is already open for this partition.")
    run.send("~.")
    run.expect(r"\[lp1: left\]")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 0
    # It can be opened again, and shows what was.
    run = vterm(system)
    run.expect("alive-42\r\n# ")
    os.kill(run.pid, signal.SIGTERM)
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 128 + signal.SIGTERM


def test_mkvterm_in_a_pipe(system):
    """What is typed is not looked at, and after its end all that it brought about is printed."""
    status, output, error = hmc("--dir", system.run, "mkvterm", "-p", "lp1", stdin="~.echo\necho alive-$((6*7))\n")
    assert (status, error) == (0, "")
    assert output.startswith("Linux that is none\n# ") and output.endswith("\nalive-42\n# ")
    status, output, _ = hmc("--dir", system.run, "mkvterm", "-p", "lp2", stdin="flood\n")
    assert status == 0 and len(output) > 1000000
    status, output, _ = hmc("--dir", system.run, "mkvterm", "-p", "lp2")
    assert len(output.encode()) <= 64 * 1024 + output.count("\n")


def test_mkvterm_when_the_system_stops(make):
    system = make()
    assert system.up().returncode == 0
    run = vterm(system)
    run.expect("Linux that is none\r\n# ")
    run.send("die\r")
    run.expect("Connection has closed\r\n")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 1


def test_mkvterm_of_a_console_that_a_partition_has(make):
    system = make()
    assert system.up(FAKE_NAMES="served,lp2").returncode == 0
    message = "HSCL8040 The console of served is open already: partition other has it. rmvterm takes it back.\n"
    assert hmc("--dir", system.run, "mkvterm", "-p", "served") == (1, "", message)
    assert system.down().returncode == 0


@pytest.mark.parametrize(
    "words, message",
    [
        (["-p", "lp9"], "HSCL8012 The partition named lp9 was not found.\n"),
        ([], "mkvterm: one of -p and --id is needed\n"),
        (["-p", "lp1", "--id", "1"], "mkvterm: one of -p and --id is needed\n"),
        (["--id", "x"], 'mkvterm: --id is a partition\'s number, not "x"\n'),
        (["-p", "a\nb"], "mkvterm: this is not the name of a partition\n"),
        (["-p", "lp1", "more"], 'mkvterm: "more" is not an option\n'),
    ],
)
def test_mkvterm_misused(system, words, message):
    assert hmc("--dir", system.run, "mkvterm", *words) == (1, "", message)


# Logins.


@pytest.fixture(name="sshd")
def start_sshd(tmp_path):
    """sshd(lines) starts one with these lines in its configuration and returns what ssh is called with."""
    if not SSHD or not shutil.which("ssh"):
        pytest.skip("no sshd is installed")
    servers = []

    def keygen(name):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
        return tmp_path / name

    def start(*lines):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        host, user = keygen("host_key"), keygen("user_key")
        config = tmp_path / "sshd_config"
        config.write_text(
            f"ListenAddress 127.0.0.1:{port}\nHostKey {host}\nAuthorizedKeysFile {user}.pub\nPidFile none\n"
            "StrictModes no\nUsePAM no\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n" + "\n".join(lines) + "\n"
        )
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", config], stderr=subprocess.PIPE, text=True)
        servers.append(server)
        for line in server.stderr:
            if "listening" in line:
                break
        else:
            pytest.fail(f"sshd has ended: {server.wait()}")
        threading.Thread(target=server.stderr.read, daemon=True).start()
        common = ["-i", str(user), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
                  "-o", f"UserKnownHostsFile={tmp_path}/known_hosts", "-F", "/dev/null"]  # fmt: skip
        return common, port

    yield start
    for server in servers:
        server.terminate()
        server.wait()


def test_ssh(sshd, systems, tmp_path):
    """A script that was written for an HMC; and nothing but commands for those who log in."""
    registry = tmp_path / "registry"
    # With that level bash leaves a person's own .bashrc alone.
    environment = f"SHLVL=5 OPENLPAR_REGISTRY={registry} OPENLPAR_HISTORY={tmp_path}/history"
    common, port = sshd(f"ForceCommand {HMC} --ssh", f"SetEnv {environment}")
    systems("one")

    def ssh(*words, **options):
        done = subprocess.run(["ssh", *common, "-p", str(port), "127.0.0.1", *words], capture_output=True, text=True,
                              timeout=ANSWER, check=False, **options)  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    assert ssh("lssyscfg -r lpar -m one -F name,state") == (0, LISTS["-F"], "")
    assert ssh("any", "'a b'", "c") == (0, "one: ['any', 'a b', 'c']\n", "")
    assert ssh("fail") == (3, "some output\n", "HSCL1234 This has failed.\n")
    assert ssh(input="any x\nfail\n")[:2] == (3, "one: ['any', 'x']\nsome output\n")
    assert ssh("show -", input="a file\n")[1] == "a file\n"
    assert ssh("any x > /tmp/y")[0] == 2
    # Words of a shell are words for the daemon, which knows none of them.
    assert ssh("/bin/sh -c id")[1] == "one: ['/bin/sh', '-c', 'id']\n"
    (tmp_path / "file").write_text("x")
    copy = ["scp", "-O", *common, "-P", str(port), tmp_path / "file", f"127.0.0.1:{tmp_path}/copy"]
    assert subprocess.run(copy, capture_output=True, timeout=ANSWER, check=False).returncode != 0
    copy.remove("-O")
    assert subprocess.run(copy, capture_output=True, timeout=ANSWER, check=False).returncode != 0
    assert not (tmp_path / "copy").exists()

    run = pexpect.spawn("ssh", [*common, "-p", str(port), "127.0.0.1"], timeout=ANSWER, encoding="utf-8")
    run.expect("hmc> ")
    run.send("any x\r")
    run.expect(r"one: \['any', 'x'\]\r\n.*hmc> ")
    run.send("logout\r")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 0


def test_login_shell(systems):
    """As sshd and login start it: with a dash before its name."""
    systems("one")
    run = pexpect.spawn("bash", ["-c", f"exec -a -hmc {HMC}"], timeout=ANSWER, encoding="utf-8")
    run.expect("hmc> ")
    run.send("show /etc/passwd\r")
    run.expect("error Permission denied\r\n.*hmc> ")
    run.send("exit\r")
    run.expect(pexpect.EOF)
