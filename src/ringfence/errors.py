"""The errors a user can meet, each with its exit code and with what to do next.

Every code but 0 makes git refuse; they differ so that CI and tests can tell the reasons apart.
"""


class ExitCode:
    """What ringfence's exit status means. Reports never change it; a new one belongs into docs/exit-codes.md."""

    ALLOWED = 0
    BLOCKED = 1
    USAGE = 2
    INCOMPLETE = 3
    POLICY = 4
    GIT = 5
    LEDGER = 6
    RECEIPT = 7
    BUG = 70  # EX_SOFTWARE of sysexits.h
    INTERRUPTED = 130  # 128 + SIGINT, as shells say it


class RingfenceError(Exception):
    """Something ringfence can explain: `message` says what happened, `advice` what to type or change next."""

    code = ExitCode.BUG
    usual = ""  # the advice where none is given

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice or self.usual


class UsageError(RingfenceError):
    """Wrong arguments."""

    code = ExitCode.USAGE


class IncompleteError(RingfenceError):
    """There is nothing to read where there should be, or not all of it."""

    code = ExitCode.INCOMPLETE


class PolicyError(RingfenceError):
    """A policy or vendor file can't be used; `message` may name several mistakes, one a line."""

    code = ExitCode.POLICY


class GitError(RingfenceError):
    """Git could not be started, or failed."""

    code = ExitCode.GIT
    usual = "Whoever keeps the repository: see what git fsck says, and whether memory or disk ran out."


class LedgerError(RingfenceError):
    """The ledger can't be written or read, or doesn't hold what was written into it."""

    code = ExitCode.LEDGER


class ReceiptError(RingfenceError):
    """A receipt doesn't vouch for what it should: it is none, isn't signed by that key, or is about something else."""

    code = ExitCode.RECEIPT
