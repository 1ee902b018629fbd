"""A streamer line by deepwave, written as SEG-Y by segyio: what a user of another code would bring.

usage: streamer_of_deepwave.py FOLDER NOISE

A vessel sails along azimuth 60 degrees and tows 60 receivers behind its source, over folded layers under 200 m of water.
deepwave solves the acoustic wave equation at nodes of 12.5 m, of order 8 in space, in time steps of 1 ms, with a free sea surface.
NOISE is the root mean square of the noise, from 0.5 to 15 Hz, over that of the data.

Writes line.sgy, truth.npy (m/s, [z, x], nodes of 12.5 m), and wavelet.npy (steps of 1 ms), which is the source of our equation
m d2p/dt2 - lap p = s(t) delta. deepwave has the opposite sign and does not divide by the area of a cell: s = -amplitude dx^2.
"""
import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before PyTorch: threads that wait leave the processor to others

import deepwave
import numpy as np
import segyio
import torch

FOLDER, NOISE = sys.argv[1], float(sys.argv[2])
SPACING, STEP, INTERVAL, DURATION = 12.5, 0.001, 0.004, 2.8  # m, s
NODES_X, NODES_Z = 433, 97  # 5400 m by 1200 m
PEAK = 5.0  # Hz
SHOTS, RECEIVERS = 20, 60
SOURCES = 3250.0 + 100.0 * np.arange(SHOTS)  # m
OFFSETS = 100.0 + 50.0 * np.arange(RECEIVERS)  # m, behind the source
SOURCE_DEPTH, RECEIVER_DEPTH, WATER = 12.5, 25.0, 200.0  # m
AZIMUTH, EASTING, NORTHING = np.deg2rad(60.0), 431234.5, 6512345.25  # of the model's x = 0
DEAD = {(7, 33): 2, (12, 5): 1}  # (shot, receiver): trace identification code


def folds():
    """Layers from 1700 to 3100 m/s, folded and cut by a fault, under water."""
    x, z = SPACING * np.arange(NODES_X), SPACING * np.arange(NODES_Z)
    velocity = np.full((NODES_Z, NODES_X), 1500.0)
    layers = [(200, 0, 1700), (330, 25, 1900), (460, 50, 2250), (620, 60, 2050), (760, 60, 2600), (950, 45, 3100)]
    for k, (top, relief, speed) in enumerate(layers):
        top = top + relief * (np.sin(2 * np.pi * x / 2600 + 0.7 * k) + 0.4 * np.sin(2 * np.pi * x / 1100 + 2.1 * k))
        top = top + np.where((k > 1) & (x > 2300 + 0.35 * top), 60.0, 0.0)
        velocity[z[:, None] >= np.maximum(top, WATER)[None]] = speed
    return velocity


def traces(velocity, wavelet):
    """[shot, receiver, time] at each step."""
    # deepwave has its free surface one node above the model: the first row is that at a depth of one spacing.
    below = torch.tensor(velocity[1:].astype("f4"))
    node = lambda x, z: np.stack(np.broadcast_arrays(np.rint(z / SPACING - 1), np.rint(x / SPACING)), axis=-1).astype(int)
    sources = torch.tensor(node(SOURCES[:, None], SOURCE_DEPTH))
    receivers = torch.tensor(node(SOURCES[:, None] - OFFSETS, RECEIVER_DEPTH))
    amplitudes = torch.tensor((-wavelet / SPACING**2).astype("f4"))[None, None].repeat(SHOTS, 1, 1)
    with torch.no_grad():
        out = deepwave.scalar(below, SPACING, STEP, source_amplitudes=amplitudes, source_locations=sources, receiver_locations=receivers,
                              accuracy=8, pml_width=[0, 40, 40, 40], boundary=["free", "pml", "pml", "pml"], pml_freq=PEAK)
    return out[-1].numpy().astype("f8")


def noise(shape):
    """Of unit root mean square, from 0.5 to 15 Hz."""
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(shape))
    f = np.fft.rfftfreq(shape[-1], INTERVAL)
    of_band = np.fft.irfft(spectrum * ((f > 0.5) & (f < 15)), shape[-1])
    return of_band / of_band.std()


def write(path, data):
    shots, receivers, samples = data.shape
    spec = segyio.spec()
    spec.format, spec.samples, spec.tracecount = 5, 1e3 * INTERVAL * np.arange(samples), shots * receivers
    place = lambda along: (EASTING + along * np.sin(AZIMUTH), NORTHING + along * np.cos(AZIMUTH))
    whole = lambda value, scale: int(round(scale * value))
    with segyio.create(path, spec) as f:
        f.text[0] = segyio.tools.create_text_header({1: "STREAMER LINE, SIMULATED BY DEEPWAVE", 2: "PROJECTION: UTM, METRES"})
        f.bin.update({segyio.BinField.Interval: whole(INTERVAL, 1e6), segyio.BinField.Samples: samples,
                      segyio.BinField.MeasurementSystem: 1, segyio.BinField.Traces: receivers})
        for shot in range(shots):
            source = place(SOURCES[shot])
            for k in range(receivers):
                i, receiver = shot * receivers + k, place(SOURCES[shot] - OFFSETS[k])
                f.header[i] = {
                    segyio.su.tracl: i + 1, segyio.su.tracr: i + 1, segyio.su.fldr: 1001 + shot, segyio.su.tracf: k + 1,
                    segyio.su.ep: 501 + shot, segyio.su.trid: DEAD.get((shot, k), 1), segyio.su.offset: whole(-OFFSETS[k], 1),
                    segyio.su.gelev: whole(-RECEIVER_DEPTH, 10), segyio.su.sdepth: whole(SOURCE_DEPTH, 10),
                    segyio.su.swdep: whole(WATER, 10), segyio.su.gwdep: whole(WATER, 10), segyio.su.scalel: -10, segyio.su.scalco: -100,
                    segyio.su.sx: whole(source[0], 100), segyio.su.sy: whole(source[1], 100),
                    segyio.su.gx: whole(receiver[0], 100), segyio.su.gy: whole(receiver[1], 100), segyio.su.counit: 1,
                    segyio.su.ns: samples, segyio.su.dt: whole(INTERVAL, 1e6), segyio.su.year: 2026, segyio.su.day: 1,
                }
                f.trace[i] = np.zeros(samples, "f4") if (shot, k) in DEAD else data[shot, k].astype("f4")


steps = round(DURATION / STEP) + 1
wavelet = deepwave.wavelets.ricker(PEAK, steps, STEP, 1.2 / PEAK, dtype=torch.float64).numpy()
velocity = folds()
data = traces(velocity, wavelet)[..., :: round(INTERVAL / STEP)]
data += NOISE * np.sqrt((data**2).mean()) * noise(data.shape)
write(os.path.join(FOLDER, "line.sgy"), data)
np.save(os.path.join(FOLDER, "truth.npy"), velocity)
np.save(os.path.join(FOLDER, "wavelet.npy"), wavelet)
print(f"{SHOTS} shots, {RECEIVERS} receivers, {data.shape[-1]} samples; velocity {velocity.min():.0f} to {velocity.max():.0f} m/s")
