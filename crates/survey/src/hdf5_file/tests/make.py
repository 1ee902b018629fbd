"""Writes lzf.h5: a dataset with a filter of h5py that fwi does not have."""

import h5py
import numpy as np

with h5py.File("lzf.h5", "w") as f:
    f.create_dataset("vp", data=np.full(64, 2000.0, "f4"), compression="lzf")
