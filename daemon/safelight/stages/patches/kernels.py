"""The inner loops of PatchMatch (Barnes et al. 2009) on patches of RGB and one guide channel; nothing else.

Pictures are (height, width * 4) uint8 with R, G, B, guide interleaved, so that a row of a patch is one run of bytes.
A field is (height - p + 1, width - p + 1, 2) int32: row and column of the top left corner of the source patch chosen
for the target patch whose top left corner is here. `side` is (rows, columns, 3) float32 for each source patch:
penalty (1e9 = never), and cos, sin of twice the angle of its strokes. `patch` is a tuple of p zeros: its length is a
constant to the compiler, so the row loops unroll. Callers hold all shapes right; nothing is checked here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safelight.stages.patches.jit import compiled

Array = Any
Real = Any
"""A float32 scalar."""
Bits = Any
"""A uint64 scalar."""
Patch = tuple[int, ...]

NEVER = np.float32(1e9)


@compiled
def hashed(y: int, x: int, turn: int, seed: int) -> Bits:
    """64 mixed bits of four numbers (splitmix64): random tries without any state."""
    h = np.uint64(y) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(x) * np.uint64(0xC2B2AE3D27D4EB4F)
    h += np.uint64(turn) * np.uint64(0x165667B19E3779F9) + np.uint64(seed) * np.uint64(0xD6E8FEB86659FD93)
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


@compiled
def _near(centre: int, radius: int, bits: Bits, size: int) -> int:
    """A position within `radius` of `centre`, mirrored at 0 and size - 1."""
    place = centre - radius + int((bits * np.uint64(2 * radius + 1)) >> np.uint64(32))
    if place < 0:
        place = -place
    if place >= size:
        place = 2 * (size - 1) - place
    return min(max(place, 0), size - 1)


@compiled
def _cost(
    query: Array, weight: Array, source: Array, side: Array, sy: int, sx: int, aim: Array, limit: Real, patch: Patch
) -> Real:
    """Distance of the query to the source patch at (sy, sx), or something >= limit once it is known to be that."""
    total = np.float32(0)
    row, column = np.uintp(sy), np.uintp(4 * sx)
    for i in range(len(patch)):
        part = np.float32(0)
        for k in range(query.shape[1]):
            # Unsigned places, and no view of the row: both keep the loop free of checks and counters. Its length is
            # deliberately not a constant: unrolled it would no longer become vector code.
            step = query[i, k] - np.float32(source[row + np.uintp(i), column + np.uintp(k)])
            part += weight[k] * step * step
        total += part
        if total >= limit:
            return total
    # Last, because most tries end above and `side` is seldom in the cache.
    across = aim[0] - side[sy, sx, 1]
    along = aim[1] - side[sy, sx, 2]
    return np.float32(total + side[sy, sx, 0] + aim[2] * (across * across + along * along))


@compiled
def sweep(
    target: Array,
    source: Array,
    side: Array,
    field: Array,
    cost: Array,
    aim: Array,
    guide: Array,
    active: Array,
    edge: Array,
    rows: Array,
    colour: Real,
    tries: int,
    radius: int,
    better: Real,
    forward: bool,
    renew: bool,
    seed: int,
    patch: Patch,
) -> None:
    """One pass of propagation and random search over the field's rows `rows` = (first, end), in scanline order.

    `aim` (rows, columns, 3) is the wished cos, sin of twice the angle and the weight of that wish; `guide` (rows,
    columns) the weight of the guide channel, `colour` that of R, G and B; `active` where to search; `edge` a copy of
    the neighbour band's row made before this sweep. A random try must beat `better` times the cost so far. With
    `renew` the cost of the field as it stands is measured first.
    """
    p = len(patch)
    lanes = (4 * p + 7) // 8 * 8
    query = np.zeros((p, lanes), np.float32)
    weight = np.zeros(lanes, np.float32)
    wish = np.empty(3, np.float32)
    first, end = rows[0], rows[1]
    columns = field.shape[1]
    high, wide = side.shape[0], side.shape[1]
    step = 1 if forward else -1
    begin = first if forward else end - 1
    for down in range(end - first):
        y = begin + step * down
        for over in range(columns):
            x = over if forward else columns - 1 - over
            if active[y, x] == 0:
                continue
            for i in range(p):
                for k in range(4 * p):
                    query[i, k] = np.float32(target[np.uintp(y + i), np.uintp(4 * x) + np.uintp(k)])
            for k in range(p):
                weight[4 * k] = weight[4 * k + 1] = weight[4 * k + 2] = colour
                weight[4 * k + 3] = guide[y, x]
            wish[0], wish[1], wish[2] = aim[y, x, 0], aim[y, x, 1], aim[y, x, 2]
            by, bx = field[y, x, 0], field[y, x, 1]
            best = np.float32(cost[y, x])
            if renew:
                best = np.float32(_cost(query, weight, source, side, by, bx, wish, np.float32(4e9), patch))
            # The neighbour already visited in this row, then the one in the row before (a copy at a band's edge).
            if 0 <= x - step < columns:
                cy, cx = field[y, x - step, 0], field[y, x - step, 1] + step
                if 0 <= cx < wide and (cy != by or cx != bx):
                    d = _cost(query, weight, source, side, cy, cx, wish, best, patch)
                    if d < best:
                        best, by, bx = np.float32(d), cy, cx
            if 0 <= y - step < field.shape[0]:
                if down == 0:
                    cy, cx = edge[x, 0] + step, edge[x, 1]
                else:
                    cy, cx = field[y - step, x, 0] + step, field[y - step, x, 1]
                if 0 <= cy < high and (cy != by or cx != bx):
                    d = _cost(query, weight, source, side, cy, cx, wish, best, patch)
                    if d < best:
                        best, by, bx = np.float32(d), cy, cx
            reach = radius
            for turn in range(tries):
                bits = hashed(y, x, turn, seed)
                cy = _near(by, reach, bits & np.uint64(0xFFFFFFFF), high)
                cx = _near(bx, reach, bits >> np.uint64(32), wide)
                limit = np.float32(better * best)
                d = _cost(query, weight, source, side, cy, cx, wish, limit, patch)
                if d < limit:
                    best, by, bx = np.float32(d), cy, cx
                reach = max(1, reach // 2)
            field[y, x, 0], field[y, x, 1] = by, bx
            cost[y, x] = best


@compiled
def vote(
    target: Array,
    source: Array,
    field: Array,
    share: Array,
    bell: Array,
    active: Array,
    rows: Array,
    robust: Real,
) -> None:
    """Give target rows `rows` the weighted mean of what the overlapping source patches say; the guide stays.

    Weight: `bell` (p, p) by place in the patch, `share` (as the field) by the patch's fit, and 1 / (1 + (robust e)^2)
    where e is the squared RGB distance to the pixel given by the patch centred here: it pulls the mean to the mode,
    so that overlapping strokes do not blur one another. Only pixels where `active` (height, width) is not 0.
    """
    p = bell.shape[0]
    half = p // 2
    high, wide = field.shape[0], field.shape[1]
    for y in range(rows[0], rows[1]):
        for x in range(active.shape[1]):
            if active[y, x] == 0:
                continue
            cy, cx = min(max(y - half, 0), high - 1), min(max(x - half, 0), wide - 1)
            row = field[cy, cx, 0] + y - cy
            column = 4 * (field[cy, cx, 1] + x - cx)
            r0, g0, b0 = (
                np.float32(source[row, column]),
                np.float32(source[row, column + 1]),
                np.float32(source[row, column + 2]),
            )
            red = green = blue = total = np.float32(0)
            for i in range(p):
                fy = y - i
                if fy < 0 or fy >= high:
                    continue
                for j in range(p):
                    fx = x - j
                    if bell[i, j] == 0 or fx < 0 or fx >= wide:
                        continue
                    row = field[fy, fx, 0] + i
                    column = 4 * (field[fy, fx, 1] + j)
                    r = np.float32(source[row, column])
                    g = np.float32(source[row, column + 1])
                    b = np.float32(source[row, column + 2])
                    away = robust * ((r - r0) * (r - r0) + (g - g0) * (g - g0) + (b - b0) * (b - b0))
                    w = np.float32(bell[i, j] * share[fy, fx] / (1 + away * away))
                    red += w * r
                    green += w * g
                    blue += w * b
                    total += w
            if total > 0:
                target[y, 4 * x] = np.uint8(red / total + np.float32(0.5))
                target[y, 4 * x + 1] = np.uint8(green / total + np.float32(0.5))
                target[y, 4 * x + 2] = np.uint8(blue / total + np.float32(0.5))


@compiled
def carry_up(coarse: Array, fine: Array, side: Array, rows: Array, half: int) -> None:
    """Fill `fine` from the field of the level below: twice the source's place plus the parity of the target's.

    No jitter: it would break strokes into uniform grain. `half` is p // 2, `side` that of the fine level.
    """
    high, wide = coarse.shape[0], coarse.shape[1]
    for y in range(rows[0], rows[1]):
        cy = min(max((y + half) // 2 - half, 0), high - 1)
        for x in range(fine.shape[1]):
            cx = min(max((x + half) // 2 - half, 0), wide - 1)
            at, beside = 2 * coarse[cy, cx, 0] + half, 2 * coarse[cy, cx, 1] + half
            sy = min(max(at + y + half - 2 * (cy + half), 0), side.shape[0] - 1)
            sx = min(max(beside + x + half - 2 * (cx + half), 0), side.shape[1] - 1)
            if side[sy, sx, 0] >= NEVER:
                # At a target's border the offset may leave the source's part; plain doubling never does.
                sy, sx = min(at, side.shape[0] - 1), min(beside, side.shape[1] - 1)
            fine[y, x, 0], fine[y, x, 1] = sy, sx
