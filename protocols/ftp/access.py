"""Who is logged in: USER, PASS and ACCT, RFC 959 section 4.1.1. Pure."""

from __future__ import annotations

from protocols.ftp.answers import Outcome
from protocols.ftp.wire import Command
from protocols.world.model import Account, Ftp


class Access:
    """The login of a session with the server `ftp`. `name` is the user's as it was given, "" for none."""

    def __init__(self, ftp: Ftp) -> None:
        self._accounts = {account.user: account for account in ftp.accounts}
        self.forget()

    def forget(self) -> None:
        """Nobody is logged in, or named."""
        self.name = ""
        self._named: Account | None = None
        self._logged_in: Account | None = None

    def account(self) -> Account:
        """The account that is logged in. Raises LookupError where none is: None would be the host itself to its
        files, which may do everything."""
        if self._logged_in is None:
            raise LookupError("Nobody is logged in.")
        return self._logged_in

    def give_user(self, command: Command) -> Outcome:
        """USER. It is answered alike whether such a user exists or not: RFC 2577 section 7."""
        self.forget()
        self.name = command.argument.encode("latin-1").decode("utf-8", "replace")
        self._named = self._accounts.get(self.name)
        return Outcome("user-guest" if self._named and self._named.password is None else "user-ok")

    def give_password(self, command: Command) -> Outcome:
        """PASS, after USER."""
        account = self._named
        if account is None or account.password not in (None, _text(command)):
            self._named = None
            return Outcome("login-wrong")
        if account.account:
            return Outcome("account-needed")
        self._logged_in = account
        return Outcome("logged-in")

    def give_account(self, command: Command) -> Outcome:
        """ACCT, after PASS or when logged in."""
        if self._logged_in is not None:
            return Outcome("account-superfluous")
        if self._named is None or self._named.account != _text(command):
            self._named = None
            return Outcome("login-wrong")
        self._logged_in = self._named
        return Outcome("account-ok")


def _text(command: Command) -> str:
    return command.argument.encode("latin-1").decode("utf-8", "surrogateescape")
