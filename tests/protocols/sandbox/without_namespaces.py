"""A zygote on a machine where nobody may make namespaces."""

import errno
import os

import pyseccomp

from protocols.sandbox import kernel, zygote
from protocols.sandbox.lab import run


def forbid_unshare() -> None:
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "unshare")
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.load_seccomp(file.read())


if __name__ == "__main__":
    forbid_unshare()
    zygote.main(run)
