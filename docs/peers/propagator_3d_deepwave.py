"""usage: propagator_3d_deepwave.py size order steps repeats [threads]

The case of `fwi bench propagator_3d_8` (size 200, order 8, 100 steps) in deepwave: one shot on size^3 nodes with 20 cells
of CPML around them; 10 m, 1 ms, a Ricker wavelet of 8 Hz, 1500 m/s at the top to 4500 m/s at the bottom, 200 receivers.
Nodes count the layers. pip install deepwave==0.1.0 torch==2.9.1
"""
import os
import sys
import time

size, order, steps, repeats = map(int, sys.argv[1:5])
threads = int(sys.argv[5]) if len(sys.argv) > 5 else 1
os.environ["OMP_NUM_THREADS"] = str(threads)
os.environ["OMP_WAIT_POLICY"] = "passive"
import deepwave
import torch

torch.set_num_threads(threads)
spacing, dt, frequency, cells = 10.0, 0.001, 8.0, 20
v = torch.linspace(1500.0, 4500.0, size)[:, None, None].repeat(1, size, size).contiguous()
wavelet = deepwave.wavelets.ricker(frequency, steps, dt, 1.5 / frequency)[None, None]
source = torch.tensor([[[5, size // 2, size // 2]]])
receivers = torch.full((1, 200, 3), size // 2)
receivers[..., 1] += torch.arange(200) % 2
receivers[..., 0] = 6
receivers[..., 2] = 2 + torch.arange(200) * (size - 5) // 199


def run(n):
    return deepwave.scalar(
        v, spacing, dt, source_amplitudes=wavelet[..., :n], source_locations=source, receiver_locations=receivers,
        accuracy=order, pml_width=cells, pml_freq=frequency, max_vel=4500.0, check_output_finite=False,
    )


cpu = []
with torch.no_grad():
    run(3)
    for _ in range(repeats):
        before = time.process_time()
        run(steps)
        cpu.append(time.process_time() - before)
cpu.sort()
nodes = (size + 2 * cells) ** 3 * steps
for name, seconds in ("median", cpu[len(cpu) // 2]), ("least", cpu[0]):
    print(f"deepwave {size}^3 order {order}, {steps} steps: {name} {seconds:.3f} CPU-s, {nodes / seconds / 1e9:.4f} 10^9 nodes a CPU-s")
