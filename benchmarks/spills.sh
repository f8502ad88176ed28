#!/usr/bin/env bash
# Looks for spills in the engine's register tiles: accumulators that the JIT keeps on the stack within the loop over the terms.
#   benchmarks/spills.sh [--engine v512] [--list]
# Runs some layers on one vector width, takes the disassembly of every tile that they reached, and prints for each how many instructions of its hottest
# loop touch a vector register and the stack; --list prints those instructions. Tiles that no layer reached are not judged, nor those of single
# numbers, of which no speed is asked.
# Exit code: 0 no spill, 1 some, 2 the call is malformed or nothing was disassembled.
set -euo pipefail
cd "$(dirname "$0")/.."
engine=v512 list=0
while [ $# -gt 0 ]; do
    case $1 in
        --engine) engine=${2:?--engine expects v128, v256 or v512}; shift 2 ;;
        --list) list=1; shift ;;
        *) echo "spills: expected --engine or --list, got '$1'." >&2; exit 2 ;;
    esac
done
case $engine in v128|v256|v512) ;; *) echo "spills: --engine expects v128, v256 or v512, got '$engine'." >&2; exit 2 ;; esac

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build -c Release -v q --nologo tests/CnnVerified.Cli >&2
command=artifacts/bin/CnnVerified.Cli/release/cnnverify
text=artifacts/spills.txt
: >"$text"
# 14 pixels or more of 70 filters, few filters on long rows (14, 3 and one) and with many images, few channels, images for pixels, fully connected, minimal filtering, kernels of 1×1 and 5×5, strides.
for layer in "CV-F1 n1c9h6w70-k70r3s3" "CV-B2 n1c30h6w20-k70r3s3" "CV-F1 n1c3h6w150-k14r3s3" "CV-F1 n1c20h6w150-k3r3s3" "CV-F1 n1c20h6w150-k1r3s3" "CV-F1 n70c20h6w6-k3r3s3" "CV-F1 n70c20h6w6-k1r3s3" "CV-F1 n40c5h4w4-k70r2s2" "CV-B2 n2c3h6w70-k9r5s5" "FC-F1 n30d70k70" "CV-F1 n1c17h20w60-k70r3s3" "CV-F1 n1c20h6w70-k70r1s1" "CV-F1 n1c65h9w70-k70r5s5" "CV-F1 n1c3h23w227-k70r11s11-sh4sw4" "CV-F1 n1c3h23w150-k70r7s7-sh2sw2"; do
    read -r id case <<<"$layer"
    DOTNET_JitStdOutFile=$PWD/$text.part DOTNET_JitDisasm='CnnVerified.Optimized.Kernels.Tiles:*' \
        "$command" verify "$id" --engine "$engine" --case "$case" >/dev/null
    cat "$text.part" >>"$text"
    rm -f "$text.part"
done

# The tile's loop is the one that multiplies most: from a label to the last jump back to it.
awk -v list=$list -v engine=$engine '
    function judge(    label, i, at, most, from, to, fused, spills) {
        most = 0
        for (i = 1; i <= lines; i++)
            if (line[i] ~ /^ +j[a-z]+ .*G_M[0-9]+_IG[0-9]+/) {
                label = line[i]; sub(/.*G_M[0-9]+_/, "", label); sub(/[^A-Z0-9].*/, "", label)
                if (label in place && place[label] < i) {
                    fused = 0
                    for (at = place[label]; at <= i; at++) fused += line[at] ~ /vfn?m(add|sub)/
                    if (fused > most) { most = fused; from = place[label]; to = i }
                }
            }
        if (most == 0 || width == "scalar" || name in seen) return
        seen[name] = 1
        tiles++
        spills = 0
        for (at = from; at <= to; at++)
            if (line[at] ~ /[xyz]mm[0-9]+/ && line[at] ~ /\[r[sb]p/) { spills++; if (list) print "  " line[at] }
        printf "%-25s %3d fused multiply-adds a step, %d touch the stack\n", name, most, spills
        total += spills
    }
    /^; Assembly listing for method/ {
        judge()
        lines = 0; delete place
        name = $0; sub(/.*Tiles:/, "", name); sub(/\[.*/, "", name)
        width = $0 ~ /Lanes512/ ? "v512" : $0 ~ /Lanes256/ ? "v256" : $0 ~ /Lanes128/ ? "v128" : "scalar"
        if (match($0, /Tiles\+[A-Za-z0-9]+/)) name = name " " substr($0, RSTART + 6, RLENGTH - 6)
        if (width != engine) name = name " (" width ")"
        next
    }
    /^G_M[0-9]+_IG[0-9]+:/ { label = $1; sub(/.*_/, "", label); sub(/:.*/, "", label); place[label] = lines + 1 }
    { line[++lines] = $0 }
    END { judge(); printf "%d tiles, %d spills\n", tiles, total; exit tiles == 0 ? 2 : total > 0 }
' "$text"
