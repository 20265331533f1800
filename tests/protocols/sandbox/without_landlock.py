"""A zygote on a kernel without Landlock."""

from protocols.sandbox import kernel, zygote
from protocols.sandbox.lab import run

if __name__ == "__main__":
    kernel.landlock_version = lambda: 0
    zygote.main(run)
