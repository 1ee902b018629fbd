"""Makes the MATLAB files of this folder: three receivers, two shots, and a model whose doubles MATLAB stores as bytes."""

import numpy as np
from scipy.io import savemat

shot = np.arange(2)
receiver = np.arange(3)[:, None]
variables = {
    "source": np.array([[-0.25, -0.5], [0.25, -0.5]]),
    "receivers": np.array([[-0.5, 0.5], [0.0, 0.5], [0.5, 0.75]]),
    "rec_val": (receiver + 10 * shot) + 1j * (0.125 - receiver),
    "vp": np.array([[2, 3, 4], [5, 6, 7]]) * 250.0,
    "note": "not numbers",
}
savemat("plain.mat", variables, do_compression=False)
savemat("compressed.mat", variables, do_compression=True)
