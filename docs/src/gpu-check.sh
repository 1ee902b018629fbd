#!/usr/bin/env bash
# Checks waves in time on a GPU in less than 8 minutes, with a program that has been built with `--features cuda`:
#
#   docs/src/gpu-check.sh target/release/fwi gpu-check.json cuda:0
#
# It measures every case of `fwi bench` that steps waves, with the largest difference from the processor, runs one inversion on the
# processor and on the device, and writes all of it as JSON. It ends with 1 if a number is wrong. CASES limits it to some cases, and ITERATIONS the
# inversion to some iterations.
set -euo pipefail

program=${1:?the path of fwi, built with --features cuda}
result=${2:-gpu-check.json}
device=${3:-cuda:0}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
# Seconds after which no case is begun, and that a case may take.
last=270 longest=60
# Gradients and traces are sums of numbers of single precision.
most=1e-3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cases=${CASES:-propagator_512_4 propagator_512_8 propagator_2048_4 propagator_2048_8 propagator_3d_8 elastic_512_4 elastic_512_8 \
elastic_3d_4 vti_512_8 viscoacoustic_512_8 gradient_4 gradient_8 gradient_elastic_8}

wrong=0
for case in $cases; do
    if [ $SECONDS -gt $last ]; then
        printf '%s: left out, there is no time left\n' "$case" >&2
        printf '{"case":"%s","left_out":"no time left"}\n' "$case" >>"$folder/cases"
        wrong=1
        continue
    fi
    if ! timeout $longest "$program" bench "$case" --device "$device" --json >"$folder/case" 2>"$folder/said" || ! [ -s "$folder/case" ]; then
        cat "$folder/said" >&2
        printf '%s: failed, or took more than %d s\n' "$case" $longest >&2
        # Without what would end the text.
        printf '{"case":"%s","failed":"%s"}\n' "$case" "$(tr -d '"\\\r' <"$folder/said" | tr '\n\t' '  ')" >>"$folder/cases"
        wrong=1
        continue
    fi
    cat "$folder/case" >>"$folder/cases"
    awk -v case="$case" -v most=$most '
        function number(key) { match($0, "\"" key "\":[-+.0-9eE]+"); return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) + 0 }
        {
            bad = !/"difference":[0-9]/ || number("difference") > most
            printf "%-22s %8.3f Gpts/s, differs by %.1e%s\n", case, number("rate") / 1e9, number("difference"), bad ? "  WRONG" : ""
            exit bad
        }' "$folder/case" || wrong=1
done

cat >"$folder/check.yaml" <<YAML
schema: 1
name: gpu-check
physics:
  acoustic: {duration: 2.0, step: 0.002} # s
grid:
  x: [0, 3000] # m
  z: [0, 1500]
  spacing: 10
  order: 8
  boundary:
    cpml: {cells: 20}
model:
  truth:
    disc: {background: 2000, velocity: 2200, centre: [1500, 800], radius: 300} # m/s, m
  initial:
    uniform: {velocity: 2000}
survey:
  sources:
    line: {from: [205, 25], to: [2795, 25], count: 4}
  receivers:
    line: {from: [100, 1450], to: [2900, 1450], count: 100}
  source:
    wavelet:
      ricker: {frequency: 8} # Hz
data:
  file: data.h5
  simulate:
    engine:
      finite_differences: {spacing: 7.5, order: 8, refine: 2}
inversions:
YAML
for one in cpu "$device"; do
    cat >>"$folder/check.yaml" <<YAML
  - name: on-${one//:/-}
    method: {grid: {}}
    stages: [{band: {high: 10}, iterations: ${ITERATIONS:-8}}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    storage: {all: {}}
    device: $one
    bounds: [1700, 2700] # m/s
    region: {x: [100, 2900], z: [100, 1400]} # m
YAML
done

inversion=null
if (cd "$folder" && timeout 150 "$program" run check.yaml -o run --quiet) && [ -s "$folder/run/summary.json" ]; then
    inversion=$(cat "$folder/run/summary.json")
    # What is left of the misfit, of both inversions.
    tr ',{}' '\n\n\n' <"$folder/run/summary.json" | awk -F: '
        $1 ~ /"data_misfit_relative"/ { found[++count] = $2 + 0 }
        END {
            apart = count >= 2 && found[1] > 0 ? (found[2] - found[1]) / found[1] : 1
            printf "misfits of the inversions: %s and %s\n", found[1], found[2]
            exit apart > 0.01 || apart < -0.01
        }' || { printf 'the inversions do not end at the same misfit\n' >&2; wrong=1; }
else
    printf 'the inversion failed, or took more than 150 s\n' >&2
    wrong=1
fi

gpu=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '"\\' || true)
{
    printf '{"program":"%s","device":"%s","gpu":"%s",' "$("$program" --version | tr -d '"\\' | tr '\n' ' ')" "$device" "$gpu"
    printf '"seconds":%d,"wrong":%s,' $SECONDS "$([ $wrong = 0 ] && echo false || echo true)"
    printf '"cases":[%s],"inversion":%s}\n' "$(paste -sd, "$folder/cases")" "$inversion"
} >"$result"
printf '%s: written after %d s\n' "$result" $SECONDS
exit $wrong
