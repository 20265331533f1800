"""The capture of a lab's own packets: a ring of memory that the kernel fills, emptied by a thread of its own."""

from __future__ import annotations

import mmap
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator

from protocols import limits

# A pcap file of microseconds, little-endian: version, time zone, accuracy, longest packet, link type (Ethernet).
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)

_ETH_P_ALL = 3
_SOL_PACKET = 263
_PACKET_RX_RING, _PACKET_STATISTICS, _PACKET_VERSION, _PACKET_IGNORE_OUTGOING = 5, 6, 10, 23
_TPACKET_V3 = 2
_BLOCK = 256 * 1024  # more than the largest packet of `lo`
_FRAME = 2048  # a unit of reckoning in version 3; packets take what they need
_RETIRE_MILLISECONDS = 10  # after which a block is handed over though it is not full
_TO_USER, _TO_KERNEL = 1, 0

_REQUEST = struct.Struct("=IIIIIII")
_BLOCK_HEADER = struct.Struct("=II III")  # version, private area; status, packets, offset to the first
_PACKET_HEADER = struct.Struct(
    "=IIIII I H"
)  # next, seconds, nanoseconds, captured, length, status, offset of the frame
_STATISTICS = struct.Struct("=III")
_RECORD = struct.Struct("<IIII")


class Capture:
    """Every packet on `lo` of this network namespace, once. `offset` is what the lab's clock is ahead, in microseconds.
    Made while there are capabilities left, used when there are none. Raises OSError."""

    def __init__(self, offset: int) -> None:
        self._offset = offset
        # Protocol 0 and then bind: with a protocol, packets of every interface would come before the bind.
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V3)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        blocks = limits.CAPTURE_RING // _BLOCK
        request = _REQUEST.pack(_BLOCK, blocks, _FRAME, limits.CAPTURE_RING // _FRAME, _RETIRE_MILLISECONDS, 0, 0)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_RX_RING, request)
        self._ring = mmap.mmap(self._socket.fileno(), limits.CAPTURE_RING, mmap.MAP_SHARED)
        self._socket.bind(("lo", _ETH_P_ALL))
        self._block = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, take: Callable[[bytes], None]) -> None:
        """Empty the ring from now on; `take` is called in the capture's thread, with records of a pcap file."""
        threading.stack_size(256 * 1024)
        self._thread = threading.Thread(target=self._empty_until_stopped, args=(take,), daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Take what is left, and return how many packets were dropped. Blocks some milliseconds."""
        self._stopping.set()
        if self._thread:
            self._thread.join()
        statistics = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
        return int(_STATISTICS.unpack(statistics)[1])

    def _empty_until_stopped(self, take: Callable[[bytes], None]) -> None:
        events = select.poll()
        events.register(self._socket, select.POLLIN)
        while True:
            last_look = self._stopping.is_set()
            if last_look:
                # The kernel hands a block over after its time: wait for more than that without a packet.
                while events.poll(3 * _RETIRE_MILLISECONDS):
                    self._empty(take)
                return
            events.poll(100)
            self._empty(take)

    def _empty(self, take: Callable[[bytes], None]) -> None:
        while True:
            start = self._block * _BLOCK
            _, _, status, packets, first = _BLOCK_HEADER.unpack_from(self._ring, start)
            if not status & _TO_USER:
                return
            if packets:
                take(b"".join(self._records(start + first, packets)))
            struct.pack_into("=I", self._ring, start + 8, _TO_KERNEL)
            self._block = (self._block + 1) % (limits.CAPTURE_RING // _BLOCK)

    def _records(self, place: int, packets: int) -> Iterator[bytes]:
        for _ in range(packets):
            following, seconds, nanoseconds, captured, length, _, frame = _PACKET_HEADER.unpack_from(self._ring, place)
            at = seconds * 1_000_000 + nanoseconds // 1_000 + self._offset
            yield _RECORD.pack(at // 1_000_000, at % 1_000_000, captured, length)
            yield self._ring[place + frame : place + frame + captured]
            place += following
