"""usage: propagator_3d_devito.py size order steps repeats cells [threads]

The case of `fwi bench propagator_3d_8` (size 200, order 8, 100 steps) in Devito: the acoustic operator of its examples,
with their damping layer of so many cells (40 by default there; 20 makes the grid as large as the others'), otherwise as
propagator_3d_deepwave.py. Nodes count the layers. pip install devito==4.8.23; needs gcc.
"""
import os
import sys
import time

size, order, steps, repeats, cells = map(int, sys.argv[1:6])
threads = int(sys.argv[6]) if len(sys.argv) > 6 else 1
os.environ.setdefault("DEVITO_LANGUAGE", "openmp")
os.environ.setdefault("DEVITO_ARCH", "gcc")
os.environ.setdefault("DEVITO_LOGGING", "PERF")
os.environ["OMP_NUM_THREADS"] = str(threads)
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import numpy as np
from devito import Eq, Function, Grid, Operator, SparseTimeFunction, TimeFunction, solve
from devito.builtins import initialize_function

spacing, dt, frequency = 10.0, 0.001, 8.0
n = size + 2 * cells
grid = Grid(shape=(n,) * 3, extent=((n - 1) * spacing,) * 3, origin=(-cells * spacing,) * 3, dtype=np.float32)
v = np.linspace(1500.0, 4500.0, size, dtype=np.float32)[:, None, None] * np.ones((1, size, size), np.float32)
vp = Function(name="vp", grid=grid, space_order=order)
initialize_function(vp, v, cells)

# The damping of examples/seismic/model.py.
depth = (cells - np.arange(cells) + 1) / cells
along = np.zeros(n, np.float32)
along[:cells] = 1.5 * np.log(1000.0) / cells * (depth - np.sin(2 * np.pi * depth) / (2 * np.pi)) / spacing
along[-cells:] = along[:cells][::-1]
damp = Function(name="damp", grid=grid)
damp.data[:] = along[:, None, None] + along[None, :, None] + along[None, None, :]

u = TimeFunction(name="u", grid=grid, time_order=2, space_order=order)
middle = size // 2 * spacing
source = SparseTimeFunction(name="src", grid=grid, npoint=1, nt=steps + 2, coordinates=np.array([[5 * spacing, middle, middle]]))
a = (np.pi * frequency * (np.arange(steps + 2) * dt - 1.5 / frequency)) ** 2
source.data[:, 0] = (1 - 2 * a) * np.exp(-a)
line = np.full((200, 3), middle)
line[:, 0] = 6 * spacing
line[:, 1] += np.arange(200) % 2 * spacing
line[:, 2] = (2 + np.arange(200) * (size - 5) // 199) * spacing
receivers = SparseTimeFunction(name="rec", grid=grid, npoint=200, nt=steps + 2, coordinates=line)

m, s = 1 / (vp * vp), grid.stepping_dim.spacing
equations = [Eq(u.forward, solve(m * u.dt2 - u.laplace + damp * u.dt, u.forward))]
equations += source.inject(field=u.forward, expr=source * s**2 / m) + receivers.interpolate(expr=u)
operator = Operator(equations, subs=grid.spacing_map, name="Forward")
operator.apply(dt=np.float32(dt), time_m=1, time_M=5, nthreads=threads)

cpu = []
for _ in range(repeats):
    u.data_with_halo[:] = 0
    before = time.process_time()
    operator.apply(dt=np.float32(dt), time_m=1, time_M=steps, nthreads=threads)
    cpu.append(time.process_time() - before)
cpu.sort()
for name, seconds in ("median", cpu[len(cpu) // 2]), ("least", cpu[0]):
    print(f"devito {size}^3 order {order}, {cells} cells, {steps} steps: {name} {seconds:.3f} CPU-s, {n**3 * steps / seconds / 1e9:.4f} 10^9 nodes a CPU-s")
