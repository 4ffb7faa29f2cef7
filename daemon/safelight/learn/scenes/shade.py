"""How each material answers the light: asphalt, grass, kerbs, bodywork, glass, rims, boards, sky.

Everything here is compiled and works on one point at a time in linear light. The light is `sky` (see light.Light.row),
the course of the track is `track` (see ground.Track.row), lamps are spot or point lights (position, direction,
cosine of the cone, colour, range), footprints are what stands on the ground and darkens it.
"""

from __future__ import annotations

import math

from safelight.learn.scenes.compiled import Bytes, Doubles, Floats, Ints, chance, clouds, compiled, look_up, noise, ramp
from safelight.learn.scenes.mesh import GLASS, GLOW, GROUND, MATTE, PAINT, TEXTURE, WHEEL

# what a shaded point answers: colour, share of light left by shadows, mirror share, concept flag
RED, GREEN, BLUE, LIT, MIRROR, FLAG = range(6)
ROAD_FLAG, GRASS_FLAG, OWN_FLAG, NO_FLAG = 1, 2, 0, 3


@compiled
def heaven(dx: float, dy: float, dz: float, sky: Doubles, fine: int, out: Doubles) -> None:
    """Light that comes from a direction (unit): gradient, sun, clouds; `fine` octaves of clouds (0: none)."""
    up = max(0.0, dz)
    t = 1 - math.exp(-5.5 * up)
    s = max(0.0, dx * sky[0] + dy * sky[1] + dz * sky[2])
    glow = sky[24] * (0.35 * s**6 * (1 - t) + 0.5 * s**90 + 0.12 * s**24)
    disc = sky[24] * (40.0 if s > 0.99985 else 0.0)
    for c in range(3):
        out[c] = sky[9 + c] * (1 - t) + sky[6 + c] * t + sky[3 + c] * glow * 0.25 + sky[3 + c] * disc
    if fine > 0 and dz > 0.004 and sky[19] > 0:
        stretch = 1.0 / (dz + 0.06)
        x = dx * stretch * 1.1
        y = dy * stretch * 1.1
        cover = sky[19]
        seed = int(sky[20])
        density = clouds(x + sky[20], y, fine, seed)
        edge = 0.72 - 0.42 * cover
        body = ramp(edge, edge + 0.30, density) * ramp(0.0, 0.10, dz)
        if body > 0.002:
            toward = clouds(x + sky[20] + sky[0] * 0.22, y + sky[1] * 0.22, max(1, fine - 2), seed)
            bright = min(
                1.3, max(0.25, 0.85 + 2.2 * (density - toward) - 0.55 * ramp(edge + 0.1, edge + 0.45, density))
            )
            rim = 1 + 1.5 * s**8 * (1 - body)
            for c in range(3):
                white = (sky[3 + c] * 0.30 + sky[6 + c] * 0.35 + sky[9 + c] * 0.45) * sky[23] * bright * rim
                out[c] = out[c] * (1 - body) + white * body
    if sky[22] > 0 and dz > 0.02:
        i = math.floor(math.atan2(dy, dx) * 260)
        j = math.floor(dz * 300)
        if chance(i, j, 77) > 0.9975:
            power = sky[22] * chance(i, j, 78) ** 3
            for c in range(3):
                out[c] += power


@compiled
def around(dx: float, dy: float, dz: float, sky: Doubles, out: Doubles) -> None:
    """What shiny things mirror: sky above, a ragged line of trees at the horizon, ground below."""
    trees = sky[25] * (0.5 + clouds(math.atan2(dy, dx) * 9.0, 0.0, 2, 5))
    if dz > trees:
        heaven(dx, dy, dz, sky, 2, out)
        limit = 3.0
        for c in range(3):
            out[c] = min(out[c], limit)
    elif dz > -0.015:
        dark = 0.22 + 0.2 * noise(math.atan2(dy, dx) * 30.0, dz * 40.0, 9)
        for c in range(3):
            out[c] = sky[12 + c] * dark
    else:
        t = math.exp(dz * 3.0)
        for c in range(3):
            out[c] = sky[12 + c] * (0.35 + 0.75 * t)


@compiled
def sunlit(x: float, y: float, z: float, shadow: Floats, frame: Doubles) -> float:
    """Share of the sun that reaches a point, from the depth map `shadow` in the frame (3, 4) of the sun."""
    u = frame[0, 0] * x + frame[0, 1] * y + frame[0, 2] * z + frame[0, 3]
    v = frame[1, 0] * x + frame[1, 1] * y + frame[1, 2] * z + frame[1, 3]
    d = frame[2, 0] * x + frame[2, 1] * y + frame[2, 2] * z + frame[2, 3] + 0.04
    size = shadow.shape[0]
    if u < 2 or v < 2 or u >= size - 3 or v >= size - 3:
        return 1.0
    i = int(u)
    j = int(v)
    lit = 0.0
    for b in range(-1, 3):
        for a in range(-1, 3):
            if shadow[j + b, i + a] <= d:
                lit += 1.0
    return lit / 16.0


@compiled
def lamplight(x: float, y: float, z: float, nx: float, ny: float, nz: float, lamps: Doubles, out: Doubles) -> None:
    """Adds what the lamps give to a surface (or to a point, for a normal of zero) to `out`."""
    for k in range(lamps.shape[0]):
        lx = lamps[k, 0] - x
        ly = lamps[k, 1] - y
        lz = lamps[k, 2] - z
        d2 = lx * lx + ly * ly + lz * lz + 0.02
        d = math.sqrt(d2)
        facing = (lx * nx + ly * ny + lz * nz) / d
        if nx == 0 and ny == 0 and nz == 0:
            facing = 0.5
        if facing <= 0:
            continue
        cone = -(lx * lamps[k, 3] + ly * lamps[k, 4] + lz * lamps[k, 5]) / d
        if lamps[k, 6] > -1:
            beam = ramp(lamps[k, 6], 1.0, cone)
            beam = beam * beam
        else:
            beam = 1.0
        power = facing * beam / (1.0 + d2 / (lamps[k, 10] * lamps[k, 10])) / (1.0 + 0.03 * d2)
        for c in range(3):
            out[c] += lamps[k, 7 + c] * power


@compiled
def contact(x: float, y: float, footprints: Doubles) -> float:
    """How dark the ground is under and beside what stands on it, 0–1."""
    dark = 0.0
    for k in range(footprints.shape[0]):
        px = x - footprints[k, 0]
        py = y - footprints[k, 1]
        a = abs(px * footprints[k, 2] + py * footprints[k, 3]) - footprints[k, 4]
        b = abs(-px * footprints[k, 3] + py * footprints[k, 2]) - footprints[k, 5]
        if a > 2 or b > 2:
            continue
        outside = math.sqrt(max(0.0, a) ** 2 + max(0.0, b) ** 2)
        inside = min(0.0, max(a, b))
        soft = footprints[k, 6]
        dark = max(
            dark, footprints[k, 7] * math.exp(-((outside / soft) ** 1.3)) * (0.62 + 0.38 * min(1.0, -inside / 0.25))
        )
    return dark


@compiled
def light_on(
    x: float,
    y: float,
    z: float,
    nx: float,
    ny: float,
    nz: float,
    sky: Doubles,
    shadow: Floats,
    frame: Doubles,
    lamps: Doubles,
    out: Doubles,
) -> float:
    """Light falling on a surface into `out`; returns the share of the sun that is not shaded (1: all)."""  # fmt: skip
    up = 0.5 + 0.5 * nz
    for c in range(3):
        dome = sky[6 + c] * 0.55 + sky[9 + c] * 0.45
        out[c] = (dome * up + sky[12 + c] * 0.5 * (1 - up)) * sky[26]
    facing = nx * sky[0] + ny * sky[1] + nz * sky[2]
    lit = 1.0
    if facing > 0:
        lit = sunlit(x, y, z, shadow, frame)
        for c in range(3):
            out[c] += sky[3 + c] * facing * lit
    lamplight(x, y, z, nx, ny, nz, lamps, out)
    return lit


@compiled
def ground(
    x: float, y: float, wide: float, long: float, track: Doubles, sky: Doubles, out: Doubles
) -> tuple[float, float]:
    """Colour of the ground at (x, y) into `out`; returns (mirror share, flag). wide, long: size of a pixel in metres."""
    t = y - track[0] * x * x
    near, far = track[1], track[2]
    seed = int(track[15])
    fade = ramp(0.25, 0.02, long)
    fade2 = ramp(0.05, 0.004, long)
    verge = max(near - track[4] - track[13] - t, t - far - track[5] - track[13])
    soft = max(long, 0.01)
    rough = 0.25 * (noise(x * 2.1, t * 2.1, seed + 20) - 0.5)
    lawn = ramp(-0.05 - soft, 0.12 + soft, verge + rough) if track[14] == 0 else 0.0
    red, green, blue = 0.0, 0.0, 0.0
    patch = clouds(x * 0.11, t * 0.25, 2, seed + 3)
    grain = noise(x * 55, t * 55, seed + 5) - 0.5 if fade2 > 0 else 0.0
    grain2 = clouds(x * 9, t * 14, 2, seed + 6) - 0.5 if fade > 0 else 0.0
    flag = ROAD_FLAG
    if lawn < 1 and track[14] == 0:
        # asphalt: lanes of rubber along the track, patches, gravel grain, cracks
        streak = clouds(x * 0.035, t * 2.2, 3, seed)
        line = math.exp(-(((t - track[3]) / 1.9) ** 2))
        tone = 0.118 * (0.78 + 0.34 * patch) * (1 - 0.34 * line * (0.45 + 0.8 * streak))
        tone *= 1 + 0.5 * grain * fade2 + 0.30 * grain2 * fade
        if fade > 0:
            crack = abs(clouds(x * 0.16, t * 0.42, 3, seed + 9) - 0.5)
            tone *= 1 - 0.28 * fade * ramp(0.006, 0.0015, crack) * ramp(0.42, 0.6, patch)
        red, green, blue = tone * 1.0, tone * 0.995, tone * 1.02
    elif track[14] > 0:  # a paddock: pale concrete slabs
        joint = min(abs(x / 5 - round(x / 5)), abs(t / 5 - round(t / 5)))
        pale = 0.26 * (0.85 + 0.25 * patch) * (1 + 0.2 * grain * fade2) * (1 - 0.3 * ramp(0.004, 0.001, joint) * fade)
        stain = ramp(0.55, 0.8, clouds(x * 0.5, t * 0.5, 3, seed + 40))
        pale *= 1 - 0.3 * stain
        red, green, blue = pale, pale * 0.98, pale * 0.94
    # painted edge lines
    for k in range(2):
        centre = near + 0.22 if k == 0 else far - 0.22
        white = ramp(0.09 + soft, 0.09 - soft * 0.5, abs(t - centre)) * (0.7 + 0.25 * patch + 0.15 * grain2 * fade)
        if track[14] == 0 and white > 0:
            red += (0.62 - red) * white
            green += (0.62 - green) * white
            blue += (0.60 - blue) * white
    # kerbs: slanted blocks, rubbed black in places
    for k in range(2):
        width = track[4 + k]
        if width <= 0:
            continue
        depth = near - t if k == 0 else t - far
        inside = ramp(-soft, soft, depth) * ramp(width + soft, width - soft, depth)
        if inside > 0:
            phase = x / track[6] + depth * 0.35
            block = abs(phase / 2 - math.floor(phase / 2) - 0.5) * 2 * track[6]
            edge = max(wide, 0.012)
            mix = ramp(0.5 * track[6] - edge, 0.5 * track[6] + edge, block)
            dirt = (0.62 + 0.5 * clouds(x * 0.7, t * 1.6, 3, seed + 12)) * (1 - 0.35 * ramp(0.5, 0.0, depth))
            dirt *= 1 + 0.25 * grain2 * fade
            red += ((track[7] * mix + track[10] * (1 - mix)) * dirt - red) * inside
            green += ((track[8] * mix + track[11] * (1 - mix)) * dirt - green) * inside
            blue += ((track[9] * mix + track[12] * (1 - mix)) * dirt - blue) * inside
    if lawn > 0:
        tuft = clouds(x * 0.6, t * 0.9, 3, seed + 21)
        blade = noise(x * 34, t * 22, seed + 22) - 0.5 if fade2 > 0 else 0.0
        blade2 = clouds(x * 7, t * 6, 2, seed + 23) - 0.5 if fade > 0 else 0.0
        dry = ramp(0.42, 0.75, clouds(x * 0.08, t * 0.2, 2, seed + 24))
        shade = (0.65 + 0.7 * tuft) * (1 + 0.9 * blade * fade2 + 0.5 * blade2 * fade)
        gr = (0.078 + 0.085 * dry) * shade
        gg = (0.098 + 0.048 * dry) * shade
        gb = (0.034 + 0.026 * dry) * shade
        red += (gr - red) * lawn
        green += (gg - green) * lawn
        blue += (gb - blue) * lawn
        if lawn > 0.5:
            flag = GRASS_FLAG
    wet = sky[21] * (1 - lawn)
    mirror = 0.0
    if wet > 0:
        puddle = ramp(0.40, 0.62, clouds(x * 0.10, t * 0.45, 4, seed + 30))
        mirror = wet * (0.40 + 0.60 * puddle)
        dim = 1 - 0.55 * wet * (0.6 + 0.4 * puddle)
        red *= dim
        green *= dim
        blue *= dim
    out[0], out[1], out[2] = red, green, blue
    return mirror, flag


@compiled
def _fresnel(cosine: float, base: float) -> float:
    return base + (1 - base) * (1 - min(1.0, max(0.0, cosine))) ** 5


@compiled
def _rim(x: float, y: float, row: Floats) -> tuple[float, float]:
    """(brightness 0–1, metal share) of a wheel's disc at (x, y) metres from its hub; turned by row[5] radians."""
    radius = math.sqrt(x * x + y * y) / row[6]
    if radius > 0.90:
        return 0.8 + 0.2 * ramp(0.95, 0.99, radius), 1.0
    if radius < 0.16:
        return 0.35 + (0.5 if radius < 0.10 else 0.0), 0.7
    angle = math.atan2(y, x)
    count = row[4]
    total = 0.0
    steps = 1 if row[5] < 0.02 else 9
    for k in range(steps):
        a = angle + row[5] * (k / max(1, steps - 1) - 0.5)
        p = abs(a * count / (2 * math.pi) - round(a * count / (2 * math.pi)))
        width = 0.17 + 0.06 * (1 - radius)
        spoke = ramp(width + 0.04, width - 0.02, p)
        total += spoke * (0.55 + 0.45 * ramp(0.0, width, p)) + (1 - spoke) * 0.05
    return total / steps, 0.85


@compiled
def surface(
    row: Floats,
    kind: int,
    texture: int,
    flat: Bytes,
    table: Ints,
    x: float,
    y: float,
    z: float,
    nx: float,
    ny: float,
    nz: float,
    u: float,
    v: float,
    w: float,
    dx: float,
    dy: float,
    dz: float,
    away: float,
    spread: float,
    sky: Doubles,
    track: Doubles,
    shadow: Floats,
    frame: Doubles,
    lamps: Doubles,
    footprints: Doubles,
    tmp: Doubles,
    out: Doubles,
) -> None:
    """Shade one point: (x, y, z) world, n normal towards the eye, (u, v, w) object coordinates, d unit ray from the eye,

    `away` metres along the axis, `spread` metres of a pixel at one metre. Writes colour, LIT, MIRROR, FLAG to `out`.
    """  # fmt: skip
    out[LIT], out[MIRROR], out[FLAG] = 1.0, 0.0, OWN_FLAG
    step = spread * away
    red, green, blue = row[0], row[1], row[2]
    gloss, _base = row[3], 0.04
    glow = 0.0
    if kind == GROUND:
        long = step / max(0.02, abs(dz))
        mirror, flag = ground(x, y, step, long, track, sky, tmp)
        red, green, blue = tmp[0], tmp[1], tmp[2]
        out[MIRROR] = mirror * _fresnel(-dz, 0.03)
        out[FLAG] = flag
        gloss = 0.0
    elif kind == MATTE:
        if row[4] > 0:
            s = row[5]
            vary = clouds((x + y * 0.7) * s, (z + y * 0.3) * s, 3, 41)
            red, green, blue = (
                red * (1 + row[4] * (vary - 0.5)),
                green * (1 + row[4] * (vary - 0.5)),
                blue * (1 + row[4] * (vary - 0.5)),
            )
    elif kind == TEXTURE:
        level = math.log2(max(1e-6, row[6] * step))
        red, green, blue, alpha = look_up(flat, table, texture, level, u, v)
        red, green, blue = red * row[0], green * row[1], blue * row[2]
        glow = row[4]
        if row[5] > 0 and alpha < 0.995:
            out[FLAG] = NO_FLAG if alpha < row[5] else OWN_FLAG
    elif kind == PAINT:
        level = math.log2(max(1e-6, row[6] * step))
        # which drawing covers this point: flank (x, z), deck (x, y) or front (y, z); tmp holds the object normal
        sx, sy, sz = abs(tmp[3]), abs(tmp[4]), abs(tmp[5])
        if sx > 0.72 and sx > sy and sx > sz:
            half = 0.25 if tmp[3] > 0 else 0.75
            red, green, blue, glow = look_up(
                flat, table, int(row[15]), level, half + v / row[14] * 0.2, 1 - w / row[13]
            )
        elif sy > 0.80 * sz and w < row[13] * 0.985:
            a = 0.5 - u / row[7] * 0.5 if v > 0 else 0.5 + u / row[7] * 0.5
            upper = 0.0 if v > 0 else 0.5
            red, green, blue, glow = look_up(flat, table, int(row[4]), level, a, upper + (1 - w / row[13]) * 0.5)
        else:
            red, green, blue, glow = look_up(
                flat, table, int(row[5]), level, 0.5 - u / row[7] * 0.5, 0.5 + v / row[14] * 0.5
            )
        if glow < 0.5:
            kind = GLASS
            red, green, blue = 0.012, 0.013, 0.015
        glow = 0.0
        red, green, blue = red * row[0], green * row[1], blue * row[2]
    elif kind == WHEEL:
        bright, metal = _rim(u, v, row)
        hot = row[8] * ramp(0.75, 0.4, math.sqrt(u * u + v * v) / row[6]) * (1 - bright)
        red, green, blue = red * bright, green * bright, blue * bright
        gloss *= metal
        tmp[0] = hot
    elif kind == GLOW:
        out[RED], out[GREEN], out[BLUE] = red * row[4], green * row[4], blue * row[4]
        return
    hot = tmp[0] if kind == WHEEL else 0.0
    lit = light_on(x, y, z, nx, ny, nz, sky, shadow, frame, lamps, tmp)
    dark = 0.0
    if kind == GROUND or z < 0.5:
        dark = contact(x, y, footprints) * (1.0 if kind == GROUND else 0.0)
    if kind == GROUND:
        full0 = tmp[0] + tmp[1] + tmp[2] + 1e-6
        sun = (sky[3] + sky[4] + sky[5]) * max(0.0, nx * sky[0] + ny * sky[1] + nz * sky[2])
        unshaded = full0 + sun * (1 - lit)
        out[LIT] = (full0 / unshaded) * (1 - dark)
        gain = unshaded / full0
        # the unshaded ground keeps the colour of full light; compose multiplies LIT back after the pan's blur
        for c in range(3):
            tmp[c] *= gain
    out[RED], out[GREEN], out[BLUE] = red * tmp[0], green * tmp[1], blue * tmp[2]
    if kind in (PAINT, GLASS) or gloss > 0:
        cosine = -(dx * nx + dy * ny + dz * nz)
        rx, ry, rz = dx + 2 * cosine * nx, dy + 2 * cosine * ny, dz + 2 * cosine * nz
        around(rx, ry, rz, sky, tmp)
        share = _fresnel(cosine, 0.045)
        if kind == GLASS:
            share = _fresnel(cosine, 0.09)
        elif kind == PAINT:
            share = _fresnel(cosine, row[3])
        else:
            share = gloss * _fresnel(cosine, 0.12)
        keep = 1 - share
        out[RED] = out[RED] * keep + tmp[0] * share
        out[GREEN] = out[GREEN] * keep + tmp[1] * share
        out[BLUE] = out[BLUE] * keep + tmp[2] * share
        s = rx * sky[0] + ry * sky[1] + rz * sky[2]
        if s > 0:
            spot = (s**600 * 14 + s**60 * 0.35) * lit * (share * 4 + 0.15) * sky[24]
            for c in range(3):
                out[c] += sky[3 + c] * spot
        for k in range(lamps.shape[0]):
            lx, ly, lz = lamps[k, 0] - x, lamps[k, 1] - y, lamps[k, 2] - z
            d = math.sqrt(lx * lx + ly * ly + lz * lz) + 1e-3
            s = (rx * lx + ry * ly + rz * lz) / d
            if s > 0.9 and lamps[k, 6] <= -1:
                spot = s**220 * 1.6 * (share + 0.1)
                for c in range(3):
                    out[c] += lamps[k, 7 + c] * spot
    if kind == TEXTURE and glow > 0:
        out[RED] += red * glow
        out[GREEN] += green * glow
        out[BLUE] += blue * glow
    if hot > 0:
        out[RED] += hot * 3.0
        out[GREEN] += hot * 0.7
        out[BLUE] += hot * 0.08
    if sky[15] > 0:
        haze = 1 - math.exp(-sky[15] * away)
        for c in range(3):
            out[c] = out[c] * (1 - haze) + sky[16 + c] * haze
