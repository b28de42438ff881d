"""Writes JPEG files of kinds that few encoders write, from coefficients and not from pixels.

Every sampling of up to four components, scans in any order and of any part of the coefficients, restart markers, and
lossless files. What the picture shows does not matter: two decoders must agree on it.
"""

import dataclasses
import struct

import numpy

# What stands for AC coefficients: runs with sizes up to 4, sixteen zeros, and the ends of 2**n blocks.
SYMBOLS = [run << 4 | size for run in range(16) for size in range(1, 5)] + [0xF0] + [n << 4 for n in range(15)]


@dataclasses.dataclass
class Component:
    """A channel: its number in the file, its sampling across and down, and (rows, columns, 64) coefficients."""

    id: int
    h: int
    v: int
    blocks: numpy.ndarray = None


def components(sampling, columns, rows, seed, ids=None):
    """Components with random coefficients of a smooth sort, as many blocks as whole MCUs need."""
    random = numpy.random.default_rng(seed)
    across, down = max(h for h, _ in sampling), max(v for _, v in sampling)
    made = []
    for index, (h, v) in enumerate(sampling):
        shape = -(-rows // (8 * down)) * v, -(-columns // (8 * across)) * h, 64
        blocks = numpy.zeros(shape, int)
        blocks[..., 0] = random.integers(-60, 60, shape[:2])
        blocks[..., 1:12] = random.integers(-14, 15, (*shape[:2], 11)) * (random.random((*shape[:2], 11)) < 0.4)
        blocks[..., 12:] = random.integers(-3, 4, (*shape[:2], 52)) * (random.random((*shape[:2], 52)) < 0.05)
        made.append(Component(ids[index] if ids else index + 1, h, v, blocks))
    return made


class Bits:
    """Bits with the first one on top. All codes of AC have one length, and those of the sizes of DC another."""

    def __init__(self):
        self.text = []

    def size(self, size):
        self.text.append(f"{size:05b}")

    def code(self, symbol):
        self.text.append(f"{SYMBOLS.index(symbol):07b}")

    def value(self, value, size):
        if size:
            self.text.append(f"{value if value > 0 else value + (1 << size) - 1:0{size}b}")

    def bytes(self):
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8).replace(b"\xff", b"\xff\0") if text else b""


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def tables(step, sizes=12):
    """Quantization by one step, and the codes of `Bits`."""
    quantization = segment(0xDB, bytes([0]) + bytes([step] * 64))
    lengths = lambda length, count: bytes(count if bits == length else 0 for bits in range(1, 17))
    dc = segment(0xC4, bytes([0x00]) + lengths(5, sizes) + bytes(range(sizes)))
    ac = segment(0xC4, bytes([0x10]) + lengths(7, len(SYMBOLS)) + bytes(SYMBOLS))
    return quantization + dc + ac


def size_of(value):
    return int(abs(value)).bit_length()


def mcus(frame, scan, columns, rows):
    """The blocks of a scan as the standard orders them: a list of (component, row, column) for each MCU."""
    across, down = max(c.h for c in frame), max(c.v for c in frame)
    if len(scan) == 1:
        c = frame[scan[0]]
        height = -(-(-(-rows * c.v // down)) // 8)
        width = -(-(-(-columns * c.h // across)) // 8)
        return [[(scan[0], y, x)] for y in range(height) for x in range(width)]
    return [
        [(i, y * frame[i].v + b, x * frame[i].h + a) for i in scan for b in range(frame[i].v) for a in range(frame[i].h)]
        for y in range(-(-rows // (8 * down)))
        for x in range(-(-columns // (8 * across)))
    ]


def runs(bits, coefficients):
    """AC coefficients of a sequential block."""
    run = 0
    for value in coefficients:
        if value == 0:
            run += 1
            continue
        while run > 15:
            bits.code(0xF0)
            run -= 16
        bits.code(run << 4 | size_of(value))
        bits.value(value, size_of(value))
        run = 0
    if run:
        bits.code(0)


class Refinement:
    """The scans of AC coefficients of a progressive file: runs of blocks that are over, and bits that wait for them."""

    def __init__(self, bits):
        self.bits, self.over, self.waiting = bits, 0, []

    def flush(self):
        if self.over:
            size = self.over.bit_length() - 1
            self.bits.code(size << 4)
            if size:
                self.bits.text.append(f"{self.over - (1 << size):0{size}b}")
        self.bits.text.extend(self.waiting)
        self.over, self.waiting = 0, []

    def first(self, block, low):
        run = 0
        for value in block:
            value = numpy.sign(value) * (abs(value) >> low)
            if value == 0:
                run += 1
                continue
            self.flush()
            while run > 15:
                self.bits.code(0xF0)
                run -= 16
            self.bits.code(run << 4 | size_of(value))
            self.bits.value(value, size_of(value))
            run = 0
        self.end(run > 0, [])

    def more(self, block, low):
        sizes = [abs(value) >> low for value in block]
        last = max((k for k, size in enumerate(sizes) if size == 1), default=-1)
        run, waiting = 0, []
        for k, size in enumerate(sizes):
            if size == 0:
                run += 1
                continue
            while run > 15 and k <= last:
                self.flush()
                self.bits.code(0xF0)
                self.bits.text.extend(waiting)
                run, waiting = run - 16, []
            if size > 1:
                waiting.append(str(size & 1))
                continue
            self.flush()
            self.bits.code(run << 4 | 1)
            self.bits.text.append("1" if block[k] > 0 else "0")
            self.bits.text.extend(waiting)
            run, waiting = 0, []
        self.end(run > 0 or waiting, waiting)

    def end(self, over, waiting):
        if over:
            self.over += 1
            self.waiting.extend(waiting)
            if self.over == 0x7FFF or len(self.waiting) > 900:
                self.flush()


def scan_bytes(frame, scan, columns, rows, spectrum, restart, first_number=0):
    """The coded data of a scan: `spectrum` is (first, last, high, low), as in its header, or None if sequential."""
    out, bits, last = [], Bits(), dict.fromkeys(scan, 0)
    progressive = Refinement(bits)
    for number, mcu in enumerate(mcus(frame, scan, columns, rows)):
        if restart and number and number % restart == 0:
            progressive.flush()
            out += [bits.bytes(), bytes([0xFF, 0xD0 + (number // restart - 1 + first_number) % 8])]
            bits, last = Bits(), dict.fromkeys(scan, 0)
            progressive = Refinement(bits)
        for index, y, x in mcu:
            block = [int(value) for value in frame[index].blocks[y, x]]
            first, end, high, low = spectrum or (0, 63, 0, 0)
            if first == 0:
                value = block[0] >> low
                if high:
                    bits.text.append(str(value & 1))
                else:
                    size = size_of(value - last[index])
                    bits.size(size)
                    bits.value(value - last[index], size)
                    last[index] = value
                first = 1
            if not spectrum:
                runs(bits, block[1:])
            elif end:
                (progressive.more if high else progressive.first)(block[first : end + 1], low)
    progressive.flush()
    return b"".join([*out, bits.bytes()])


def write(frame, columns, rows, scans, marker=None, restart=0, head=b"", between=b"", step=7, number=0):
    """A file. `scans` are lists of components, or pairs of them and a spectrum, which makes the file progressive.

    `head` is put behind the first marker, `between` before the marker of each scan but the first, and `number` is added
    to those of restart markers.
    """
    scans = [scan if isinstance(scan, tuple) else (scan, None) for scan in scans]
    marker = marker or (0xC0 if scans[0][1] is None else 0xC2)
    shape = struct.pack(">BHHB", 8, rows, columns, len(frame))
    out = [b"\xff\xd8", head, tables(step)]
    out.append(segment(marker, shape + b"".join(bytes([c.id, c.h << 4 | c.v, 0]) for c in frame)))
    if restart:
        out.append(segment(0xDD, struct.pack(">H", restart)))
    for place, (scan, spectrum) in enumerate(scans):
        first, end, high, low = spectrum or (0, 63, 0, 0)
        header = bytes([len(scan), *(b for i in scan for b in (frame[i].id, 0)), first, end, high << 4 | low])
        out += [between if place else b"", segment(0xDA, header)]
        out.append(scan_bytes(frame, scan, columns, rows, spectrum, restart, number))
    return b"".join([*out, b"\xff\xd9"])


def lossless(channels, columns, rows, seed, ids=None):
    """A file that predicts each sample from the one before it."""
    random = numpy.random.default_rng(seed)
    samples = random.integers(0, 256, (rows, columns, channels))
    ids = ids or range(1, channels + 1)
    bits = Bits()
    for y in range(rows):
        for x in range(columns):
            for c in range(channels):
                before = int(samples[y, x - 1, c] if x else samples[y - 1, x, c] if y else 128)
                difference = int(samples[y, x, c]) - before
                bits.size(size_of(difference))
                bits.value(difference, size_of(difference))
    shape = struct.pack(">BHHB", 8, rows, columns, channels) + b"".join(bytes([i, 0x11, 0]) for i in ids)
    header = bytes([channels, *(b for i in ids for b in (i, 0)), 1, 0, 0])
    return b"\xff\xd8" + tables(7, 17) + segment(0xC3, shape) + segment(0xDA, header) + bits.bytes() + b"\xff\xd9"
