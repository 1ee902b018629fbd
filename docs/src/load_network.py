"""Loads a network of fwi from its safetensors file and evaluates it; needs numpy alone.

    python3 load_network.py FILE NETWORK [--metres | --pressure] < points

A point is a line of coordinates, `x z` of the network, or in m with `--metres`; its outputs are printed as a line. In time a
point is `x z t`, t in s. `--pressure` prints the wavefield of every source at points in m: all real parts, then all imaginary
parts; in time the pressures.
"""

import json
import struct
import sys

import numpy as np

# Every activation by its name, at a = w0 (h W + b); r = s0/w0 is the shape of a Gabor function.
ACTIVATIONS = {
    "sine": lambda a, r: np.sin(a),
    "tanh": lambda a, r: np.tanh(a),
    "relu": lambda a, r: np.maximum(a, 0.0),
    "sigmoid": lambda a, r: 1.0 / (1.0 + np.exp(-a)),
    "softplus": lambda a, r: np.logaddexp(0.0, a),
    "selu": lambda a, r: 1.0507009873554805
    * np.where(a > 0.0, a, 1.6732632423543772 * np.expm1(np.minimum(a, 0.0))),
    "gaussian": lambda a, r: np.exp(-a * a),
    "gabor": lambda a, r: np.exp(1j * a - (r * np.abs(a)) ** 2),
}


def read(path):
    """Metadata and arrays of a safetensors file: the length of a JSON header, the header, the numbers."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, numbers = json.loads(file.read(length)), file.read()
    metadata = header.pop("__metadata__", {})
    kinds = {"F32": "<f4", "F64": "<f8"}
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(numbers[begin:end], kinds[entry["dtype"]]).reshape(entry["shape"])
    return metadata, arrays


class Network:
    """A network of a file; call it with points `[N, inputs]` in its own coordinates."""

    def __init__(self, path, name):
        metadata, arrays = read(path)
        if not metadata.get("format", "").startswith("fields-checkpoint"):
            raise ValueError(f"{path}: not a network of fwi, its format is {metadata.get('format')}")
        key = f"network.{name}"
        if key not in metadata:
            names = [key.removeprefix("network.") for key in metadata if key.startswith("network.")]
            raise ValueError(f"{path}: it holds the networks {names}, not {name}")
        self.architecture = json.loads(metadata[key])
        self.frame = json.loads(metadata.get("fact.frame", "null"))
        self.wavefield = json.loads(metadata.get("fact.wavefield", "null"))
        self.offset, self.factor = 0.0, 1.0
        notes = metadata.get("notes", "")
        if notes.startswith("{"):  # a field that `fwi fit` has stored
            field = json.loads(notes)["field"]
            self.frame = {"centre_m": field["frame"]["centre"], "length_m": field["frame"]["length"]}
            self.offset, self.factor = field["offset"], field["factor"]
        self.frequencies = arrays.get(f"{key}.frequencies")
        self.parameters = []
        while f"{key}.{len(self.parameters)}" in arrays:
            self.parameters.append(arrays[f"{key}.{len(self.parameters)}"].astype(float))

    def encode(self, points):
        """What the first layer sees of the points."""
        encoding = self.architecture.get("encoding", "none")
        kind = encoding if isinstance(encoding, str) else next(iter(encoding))
        if kind == "none":
            return points
        if kind == "rbf":
            centres, sharpness = self.parameters[-2:]
            squares = ((points[:, None, :] - centres[None]) ** 2).sum(2)
            return np.exp(-((sharpness * squares) ** 2))
        waves = [np.sin(points @ self.frequencies), np.cos(points @ self.frequencies)]
        return np.hstack([points, *waves] if kind == "positional" else waves)

    def __call__(self, points):
        a = self.architecture
        activation = ACTIVATIONS[a["activation"]]
        complex_numbers = a.get("numbers", "real") == "complex"
        joined = (lambda w: np.vsplit(w, 2)[0] + 1j * np.vsplit(w, 2)[1]) if complex_numbers else (lambda w: w)
        h = self.encode(np.asarray(points, float))
        for layer in range(a["layers"]):
            weight, bias = self.parameters[2 * layer : 2 * layer + 2]
            if layer > 0:
                weight, bias = joined(weight), joined(bias)
            w0 = a["w0_hidden"] if layer else a["w0_first"]
            factor = 1.0 if a.get("frequency") == "absorbed" else w0
            h = activation(factor * (h @ weight + bias), a.get("s0", 10.0) / w0)
            if not complex_numbers:
                h = h.real
        weight, bias = self.parameters[2 * a["layers"] : 2 * a["layers"] + 2]
        return (np.hstack([h.real, h.imag]) if complex_numbers else h) @ weight + bias

    def at(self, metres):
        """The outputs at points `[N, (x, z)]` in m, or `[N, (x, z, t)]` in m and s; of a stored field its values, such as m/s."""
        if self.frame is None:
            raise ValueError("the file does not say which metres the coordinates of the network are")
        metres = np.asarray(metres, float)
        points = (metres[:, :2] - self.frame["centre_m"]) / self.frame["length_m"]
        if metres.shape[1] > 2:
            points = np.hstack([points, metres[:, 2:] / self.wavefield["time_s"]])
        return self.offset + self.factor * self(points)

    def pressure(self, metres):
        """The wavefield of every source at points in m (and s): complex `[N, source]`, in time real.

        A network of a scattered field gives the scattered pressure, without that of the background.
        """
        facts, metres = self.wavefield, np.asarray(metres, float)
        outputs = facts["pressure"] * self.at(metres)
        if "form" in facts:
            fields = facts.get("fields", ["p"])  # the outputs of a source, two for each field
            first, step = 2 * fields.index("p"), 2 * len(fields)
            return outputs[:, first::step] + 1j * outputs[:, first + 1 :: step]
        pulses = facts["pulses"]
        apart = metres[:, None, :2] - np.array(pulses["centres_m"])[None]
        squares, t = (apart**2).sum(2), metres[:, 2:]
        start = pulses["amplitude"] * np.exp(-0.5 * squares / pulses["variance_m2"])
        g = np.exp(-((t / facts["start_s"]) ** 2)) if "start_s" in facts else 0.0
        field = g * start + (1.0 - g) * outputs
        if "cone" in facts:  # no wave has come further than this
            reach = facts["cone"]["radius_m"] + facts["cone"]["speed"] * t
            field = np.where(np.sqrt(squares) <= reach, field, 0.0)
        return field


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    network = Network(sys.argv[1], sys.argv[2])
    points = np.loadtxt(sys.stdin, ndmin=2)
    outputs = network.at(points) if "--metres" in sys.argv[3:] else network(points)
    if "--pressure" in sys.argv[3:]:
        outputs = network.pressure(points)
        outputs = np.hstack([outputs.real, outputs.imag]) if np.iscomplexobj(outputs) else outputs
    np.savetxt(sys.stdout, outputs, fmt="%.17g")
