"""The clients, each in the way its own documentation calls sensible and fast."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.jobs import Access, Client, Command, Job
from bench.rows import Direction

OURS = "ferrygate"
OTHER = "other"  # checkout of ours, which this one is compared with
PEERS = ("rclone", "lftp", "sftp", "psftp")


@dataclass(frozen=True)
class Ferrygate:
    """Our command line, with hashing and flushing on, as always."""

    program: Path
    name: str = OURS

    @property
    def version_command(self) -> tuple[str, ...]:
        """Prints its version in the first line."""
        return (str(self.program), "--version")

    def command(self, access: Access, job: Job) -> Command:
        """Make the command that does the job from a cold start."""
        site, source, target = map(str, (access.connection_file, job.source, job.target))
        words = {
            Direction.UP: ("put", site, source, target),
            Direction.DOWN: ("get", site, source, target),
            Direction.LIST: ("ls", "--unsorted", site, source),
        }[job.direction]
        return Command(
            arguments=(str(self.program), *words),
            environment={"FERRYGATE_HOME": str(access.home / self.name)},
        )


@dataclass(frozen=True)
class OpenSsh:
    """OpenSSH's sftp: one file after another."""

    program: Path
    name: str = "sftp"

    @property
    def version_command(self) -> tuple[str, ...]:
        """Prints its version in the first line."""
        return (str(self.program.with_name("ssh")), "-V")

    def command(self, access: Access, job: Job) -> Command:
        """Make the command that does the job from a cold start."""
        script = access.home / "sftp.batch"
        return Command(
            arguments=(
                *(str(self.program), "-q", *_ssh_options(access)),
                *("-P", str(access.port), "-b", str(script)),
                f"{access.username}@{access.host}",
            ),
            scripts={script: f"{self._line(job)}\n"},
        )

    def _line(self, job: Job) -> str:
        if job.direction is Direction.LIST:
            return f'ls -1 -f "{job.source}"'
        word = "put" if job.direction is Direction.UP else "get"
        recursive = " -r" if job.is_folder else ""
        return f'{word}{recursive} "{job.source}" "{job.target}/"'


@dataclass(frozen=True)
class Lftp:
    """lftp: ten connections for many files, each an ssh of OpenSSH."""

    program: Path
    ssh: Path
    name: str = "lftp"

    @property
    def version_command(self) -> tuple[str, ...]:
        """Prints its version in the first line."""
        return (str(self.program), "--version")

    def command(self, access: Access, job: Job) -> Command:
        """Make the command that does the job from a cold start."""
        ssh = " ".join((str(self.ssh), "-a", "-x", *_ssh_options(access)))
        script = access.home / "lftp.script"
        lines = (
            "set cmd:fail-exit yes",
            f'set sftp:connect-program "{ssh}"',
            f"open -u {access.username}, sftp://{access.host}:{access.port}",
            self._line(job),
        )
        return Command(
            arguments=(str(self.program), "--norc", "-f", str(script)),
            environment={"LFTP_HOME": str(access.home / "lftp")},
            scripts={script: "\n".join((*lines, ""))},
        )

    def _line(self, job: Job) -> str:
        if job.direction is Direction.LIST:
            return f'cls -1 "{job.source}/"'
        if not job.is_folder:
            word = "put" if job.direction is Direction.UP else "get"
            return f'{word} -O "{job.target}" "{job.source}"'
        reverse = "-R " if job.direction is Direction.UP else ""
        return (
            f'mirror {reverse}--no-perms --parallel={job.connections} "{job.source}" "{job.copy}"'
        )


@dataclass(frozen=True)
class Rclone:
    """rclone: ten transfers at a time, each with a connection of its own; one stream a file.

    A set modification time and a hash asked of the server would cost it round trips.
    """

    program: Path
    name: str = "rclone"

    @property
    def version_command(self) -> tuple[str, ...]:
        """Prints its version in the first line."""
        return (str(self.program), "version")

    def command(self, access: Access, job: Job) -> Command:
        """Make the command that does the job from a cold start."""
        return Command(
            arguments=(
                *(str(self.program), "--config", "/dev/null"),
                *("--sftp-host", access.host, "--sftp-port", str(access.port)),
                *("--sftp-user", access.username, "--sftp-key-file", str(access.private_key)),
                *("--sftp-known-hosts-file", str(access.known_hosts)),
                *("--sftp-disable-hashcheck", "--sftp-set-modtime=false"),
                *("--multi-thread-streams", "0", "--transfers", str(job.connections)),
                *("--checkers", str(job.connections), *self._words(job)),
            )
        )

    def _words(self, job: Job) -> tuple[str, ...]:
        if job.direction is Direction.LIST:
            return ("lsf", f":sftp:{job.source}")
        word = "copy" if job.is_folder else "copyto"
        if job.direction is Direction.UP:
            return (word, str(job.source), f":sftp:{job.copy}")
        return (word, f":sftp:{job.source}", str(job.copy))


@dataclass(frozen=True)
class Psftp:
    """PuTTY's psftp: one file after another."""

    program: Path
    name: str = "psftp"

    @property
    def version_command(self) -> tuple[str, ...]:
        """Prints its version in the first line."""
        return (str(self.program), "-V")

    def command(self, access: Access, job: Job) -> Command:
        """Make the command that does the job from a cold start."""
        script = access.home / "psftp.batch"
        host_keys = [word for each in access.fingerprints for word in ("-hostkey", each)]
        return Command(
            arguments=(
                *(str(self.program), "-batch", "-noagent", "-P", str(access.port)),
                *("-l", access.username, "-i", str(access.putty_key), *host_keys),
                *("-b", str(script), access.host),
            ),
            scripts={script: f"{self._line(job)}\n"},
        )

    def _line(self, job: Job) -> str:
        if job.direction is Direction.LIST:
            return f'ls "{job.source}"'
        word = "put" if job.direction is Direction.UP else "get"
        recursive = " -r" if job.is_folder else ""
        return f'{word}{recursive} "{job.source}" "{job.copy}"'


def _ssh_options(access: Access) -> tuple[str, ...]:
    """For a key, known hosts, and nobody's own settings."""
    return (
        *("-F", "none", "-i", str(access.private_key)),
        *("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"),
        *("-o", f"UserKnownHostsFile={access.known_hosts}"),
    )


def find_program(name: str, folders: Iterable[Path]) -> Path | None:
    """Find a program in one of the folders, or else on the path."""
    places = ":".join(map(str, folders))
    found = shutil.which(name, path=places) or shutil.which(name)
    return Path(found) if found else None


def find_peers(unpacked: Path) -> dict[str, Client | None]:
    """Every peer by name, in the order they are run; None for one that is not there.

    Args:
        unpacked: what packaging/unpack-servers.sh made.
    """
    folders = [unpacked / "usr" / "bin"]
    programs = {name: find_program(name, folders) for name in (*PEERS, "ssh")}
    rclone, lftp, sftp, psftp, ssh = programs.values()
    return {
        "rclone": Rclone(rclone) if rclone else None,
        "lftp": Lftp(lftp, ssh) if lftp and ssh else None,
        "sftp": OpenSsh(sftp) if sftp else None,
        "psftp": Psftp(psftp) if psftp else None,
    }
