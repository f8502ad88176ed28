#!/usr/bin/env bash
# Coverage-guided fuzzing of the readers with AFL++ (Debian: apt-get install afl++), one after another.
#   tests/fuzz.sh [--quiet-minutes 10] [--minutes N] [--seed 1] [--megabytes 1024] [--seconds 10] [--from FOLDER] [READER…]
# Each reader runs until no branch was reached for the first time for the quiet minutes, or for N minutes. (AFL++ also keeps inputs that
# pass known branches another number of times; of those there is no end.) An input that takes more than --seconds is a hang; one that
# needs more managed memory than stated, or throws what the reader's contract does not allow, is a crash.
# --from also begins with the inputs in FOLDER/READER: what an earlier run kept.
# Inputs and findings are left in artifacts/fuzz/READER. Exit code: 0 nothing was found, 1 something was, 2 the call is malformed.
set -euo pipefail
cd "$(dirname "$0")/.."
quiet=10 minutes=0 seed=1 megabytes=1024 seconds=10 from= readers=()
while [ $# -gt 0 ]; do
    case $1 in
        --quiet-minutes) quiet=$2; shift 2 ;;
        --minutes) minutes=$2; shift 2 ;;
        --seed) seed=$2; shift 2 ;;
        --megabytes) megabytes=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --from) from=$(realpath "$2"); shift 2 ;;
        -*) echo "fuzz: expected --quiet-minutes, --minutes, --seed, --megabytes, --seconds or --from, got '$1'." >&2; exit 2 ;;
        *) readers+=("$1"); shift ;;
    esac
done
command -v afl-fuzz >/dev/null || { echo "fuzz: expected afl-fuzz (Debian: apt-get install afl++), got none." >&2; exit 2; }

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_TieredCompilation=1 DOTNET_GCgen0size=4000000
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_FORKSRV_INIT_TMOUT=60000
dotnet build -c Release -v q --nologo tests/CnnVerified.Fuzz
program=$PWD/artifacts/bin/CnnVerified.Fuzz/release
work=$PWD/artifacts/fuzz
mkdir -p "$work"
rm -rf "$work/program"
cp -r "$program" "$work/program"
SHARPFUZZ_ENABLE_ON_BRANCH_CALLBACK=1 dotnet "$program/CnnVerified.Fuzz.dll" instrument "$work/program"
[ ${#readers[@]} -gt 0 ] || mapfile -t readers < <(dotnet "$program/CnnVerified.Fuzz.dll" list | cut -d' ' -f1)

found=0
for reader in "${readers[@]}"; do
    out=$work/$reader
    rm -rf "$out"
    mkdir -p "$out"
    # What was found before is where to begin.
    cp -r "tests/CnnVerified.Fuzz/corpus/$reader" "$out/seeds" 2>/dev/null || { echo "fuzz: expected a folder tests/CnnVerified.Fuzz/corpus/$reader, got none." >&2; exit 2; }
    [ ! -d "tests/regressions/$reader" ] || cp "tests/regressions/$reader"/* "$out/seeds/"
    [ ! -d "$from/$reader" ] || cp "$from/$reader"/* "$out/seeds/"
    words=$PWD/tests/CnnVerified.Fuzz/corpus/$reader.dict
    mkdir "$out/empty"
    limits=(-t $((seconds * 1000)) -m none -s "$seed")
    [ "$minutes" -eq 0 ] || limits+=(-V $((minutes * 60)))
    # The folder it runs in is empty: what a command line names is not there.
    DOTNET_GCHeapHardLimit=$(printf '0x%x' $((megabytes << 20))) \
        env -C "$out/empty" afl-fuzz "${limits[@]}" -i "$out/seeds" -o "$out" $([ ! -f "$words" ] || echo "-x $words") \
        -- dotnet "$work/program/CnnVerified.Fuzz.dll" afl "$reader" >"$out/log" 2>&1 &
    fuzzer=$! edges=0 risen=0
    trap 'kill -INT $fuzzer 2>/dev/null; wait $fuzzer || true; exit 130' INT TERM
    while sleep 5 && kill -0 $fuzzer 2>/dev/null; do
        IFS=', ' read -r now _ _ _ _ _ _ _ _ _ _ _ reached < <(tail -qn 1 "$out/default/plot_data" 2>/dev/null | grep -v '^#') || continue
        [ "${reached:-0}" -le "$edges" ] || edges=$reached risen=$now
        [ "$minutes" -gt 0 ] || [ $((now - risen)) -lt $((quiet * 60)) ] || kill -INT $fuzzer 2>/dev/null || true
    done
    wait $fuzzer || { tail -n 20 "$out/log"; exit 1; }
    trap - INT TERM
    stat() { sed -nE "s/^$1 *: *//p" "$out/default/fuzzer_stats"; }
    crashes=$(stat saved_crashes) hangs=$(stat saved_hangs)
    echo "$reader: $(stat execs_done) inputs in $(stat run_time) s, the last new branch $(($(stat run_time) - risen)) s before the end; $(stat corpus_count) kept; $crashes crashes, $hangs hangs"
    dotnet "$work/program/CnnVerified.Fuzz.dll" coverage "$reader" "$out/default/queue"
    found=$((found + crashes + hangs))
    for finding in "$out"/default/{crashes,hangs}/id*; do
        [ ! -f "$finding" ] || timeout 60 dotnet "$program/CnnVerified.Fuzz.dll" read "$reader" "$finding" || true
    done
done
[ "$found" -eq 0 ]
