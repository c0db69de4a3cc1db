#!/bin/sh
# From a folder of checkouts to the model's files: make.sh REPOS EXCLUDE FORBIDDEN WORK VERSION
# Each step leaves its results in WORK, and pairs of a repository are made once for each commit of it.
set -eu
[ $# -eq 5 ] || { echo "make.sh REPOS EXCLUDE FORBIDDEN WORK VERSION" >&2; exit 2; }
mkdir -p "$4"
repos=$(realpath "$1") exclude=$(realpath "$2") forbidden=$(realpath "$3") work=$(realpath "$4") version=$5
cd "$(dirname "$0")"
python=/usr/bin/python3
# One thread each: on shared cores a second one waits more than it works.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

$python pairs.py --repos "$repos" --exclude "$exclude" --out "$work/pairs"
$python pack.py --pairs "$work/pairs" --out "$work/packed" --forbidden-texts "$forbidden"
for seed in 1 2; do
  $python train.py --packed "$work/packed" --out "$work/seed$seed.npz" --seed $seed
done
$python join.py --packed "$work/packed" --out "$work/model.npz" "$work/seed1.npz" "$work/seed2.npz"
$python measure.py --packed "$work/packed" --model "$work/model.npz" | tee "$work/measured.txt"
$python export.py --model "$work/model.npz" --packed "$work/packed" --version "$version" \
  --out ../models/static --golden ../test/fixtures/static-model.json
# Public sets are measured by hand, with the model that this made.
[ -f "$work/public.txt" ] || echo "not measured" > "$work/public.txt"
$python card.py --pairs "$work/pairs" --packed "$work/packed" --measured "$work/measured.txt" --public "$work/public.txt" \
  --out ../models/static
