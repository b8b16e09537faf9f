# Part of the launchers, that of a checkout and that of a release, which set JAVA_HOME, class_path and, where there are any, cache and light_cache
# (files of the JVM), build (the name of the commit) and warm (a folder of zkc demo --keep, which zkc serve warms itself up with).
# shellcheck shell=sh disable=SC2154

# Runs class path $class_path in place of this process. A young generation of fixed size: left to itself it grows to a third of the
# machine, and a prover's arrays then touch fresh pages all the time (VGG-16/32: 1.5 GB instead of 4.7 GB at the peak). Arrays
# of 16 MB and more begin in the old generation, as they would be copied there (ResNet-50: 4.6 s a proof instead of 5.6 s, 3.4 GB instead of 5 GB). A heap
# of three quarters of the machine's memory, but of 7.5 GB at most, of which a quarter is to be free after a collection instead of the JVM's
# two fifths: what the heap grows by is touched for the first time (ViT-B/16 in a cold process: 4.7 GB and 27 s instead of 7.5 GB and 31 s).
# Where the locale is ASCII's (LC_ALL=C, none at all, one that is not installed: most containers), the JVM refuses paths and
# texts beyond ASCII: they are UTF-8 then, as for Python.
# Whether the cache fits the JVM and its flags is the JVM's to find out, without a word about it.
# The JVM has no flag against its one-line warning about the vector module, so the first line of stderr passes a
# filter; the filter ends with the JVM, which waits for it.
light_options='--enable-native-access=ALL-UNNAMED
  -XX:+UseSerialGC -Xmn600m -XX:PretenureSizeThreshold=17m -XX:MaxRAM=10g -XX:MaxRAMPercentage=75
  -XX:MinHeapFreeRatio=25 -Xlog:aot=off -Xlog:cds=off'
java_options="--add-modules jdk.incubator.vector -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 $light_options"
# zkc serve lives long and is often idle. Its young generation grows with the old one and shrinks with it, when a process at rest collects
# (0.6 GB stay otherwise); it holds some four proofs of LeNet, whose second would else often wait for a collection of 4 ms. What runs some hundred times is compiled by the quick compiler at once, so that the second proof is
# not interpreted (LeNet: 45 ms of processor time instead of 60).
serve_options='-XX:NewSize=128m -XX:MaxNewSize=600m -XX:NewRatio=1 -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30
  -XX:Tier3InvocationThreshold=50 -XX:Tier3MinInvocationThreshold=10 -XX:Tier3CompileThreshold=200 -XX:Tier3BackEdgeThreshold=5000'
# Loops of vectors are slow until the optimising compiler has them, a thousand times, so a thread of its own runs them until then (kernel.Training):
# they are compiled after few runs, for which that thread waits, and what stands in for vectors meanwhile is not worth compiling. Little of a profile is
# there by then, so no loop calls a method on a vector that it carries from round to round, whose class the compiler would have to guess. Nor is worth
# compiling, for the optimising compiler, what the JVM makes its lambdas with: it took a quarter of that compiler's time before the second proof.
compile_vectors='-XX:CompileCommand=quiet'
for loops in org.zkc.gkr.kernel.Vector,0.005 org.zkc.gkr.code.Vector,0.005 org.zkc.gkr.prove.fourier.Vector,0.005 org.zkc.gkr.hash.Vector,0.005 \
  org.zkc.ir.kernel.Vector,0.05; do
  compile_vectors="$compile_vectors -XX:CompileCommand=CompileThresholdScaling,${loops%,*}*::*,${loops#*,} -XX:CompileCommand=BackgroundCompilation,${loops%,*}*::*,false"
done
compile_vectors="$compile_vectors -XX:CompileCommand=CompileThresholdScaling,jdk.incubator.vector.*::*,100.0"
for lambdas in java.lang.invoke jdk.internal.classfile; do
  compile_vectors="$compile_vectors -XX:CompileCommand=CompileThresholdScaling,$lambdas.*::*,10.0"
done
# zkc compile runs through much code a few thousand times, and the optimising compiler would spend more time on that than it gives back: it joins less
# code into one method, and takes the hottest methods alone while others wait for it. 20,000 operations: 47 s of processor time instead of 67; VGG-16 and
# ResNet-18, whose time goes to a few loops: as before.
compile_options='-XX:+UnlockDiagnosticVMOptions -XX:Tier4LoadFeedback=1 -XX:FreqInlineSize=100 -XX:InlineSmallCode=1000'
# A short proof is over before vector loops and the optimising compiler pay: LeNet-5's takes 0.5 s instead of 1.0, VGG-16/32's 2.8 instead of 4.4, that of
# ResNet-18 at 224, 1.3 s by the estimate, 5.8 instead of 6.7, and of MobileNetV2, 2 s, as long either way (two cores of a Zen 3; on machines with AVX-512
# vectors pay earlier). The milliseconds of the estimate stand in the model file (ModelFile); whoever lacks od has the optimising compiler.
longest_short_proof=600
is_short() {
  model=
  for argument; do
    case $argument in
      --batch) return 1 ;;
      *.zkc) model=$argument ;;
    esac
  done
  [ -f "$model" ] || return 1
  milliseconds=$(od -An -tu8 -j16 -N8 "$model" 2>/dev/null) || return 1
  # shellcheck disable=SC2086  # od writes blanks before the number
  [ ${milliseconds:-0} -le "$longest_short_proof" ] 2>/dev/null
}
# zkc check and inspect read, and compute little: what they need beside the mapped archive stays below 0.3 GB.
# Commands that neither prove nor compile have no use for the vector module, without which the JVM keeps its modules and their links in the cache
# (LeNet's verification: 0.19 s instead of 0.37 s). A verification is over before the optimising compiler pays (ViT-B/16, 5 MB: 0.66 s instead of 0.99 s),
# and holds a few times the proof: a small young generation, with large arrays beside it, costs no time (SmolLM2 at 64 tokens, 15.5 MB: 0.23 GB
# instead of 0.73 GB). What prints the version has so few classes that linking those of the cache takes longer than everything else (90 ms instead of 160).
run() {
  options="$java_options $compile_vectors"
  costs=machine
  case ${1:-} in
    verify) options="$light_options -XX:TieredStopAtLevel=1 -Xms48m -Xmn32m -XX:PretenureSizeThreshold=2m -XX:MinHeapFreeRatio=5" ;;
    inspect) options="$light_options -Xmn200m" ;;
    security | ops | completion | --help | -h) options=$light_options ;;
    --version | -V) options='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' light_cache= ;;
    # A measurement waits until the loops of vectors are compiled, which whoever calls from Python should not.
    serve) options="$options $serve_options" costs=read ;;
    compile) options="$options $compile_options" ;;
    prove | run) ! is_short "$@" || options="$light_options -XX:TieredStopAtLevel=1" ;;
    check) options="$java_options -Xmn200m" ;;
  esac
  terminal=false
  [ ! -t 2 ] || terminal=true
  errors=
  case $options in
    --add-modules*) filter_errors ;;
    *) cache=${light_cache:-} ;;
  esac
  [ -s "${cache:-}" ] || cache=
  case $(locale charmap 2>/dev/null || true) in
    ANSI_X3.4-1968 | US-ASCII) export LC_ALL=C.UTF-8 ;;
  esac
  set -f # patterns of methods are no file names
  # shellcheck disable=SC2086  # several words
  exec "$JAVA_HOME/bin/java" $options ${cache:+"-XX:AOTCache=$cache"} \
    -Dzkc.terminal="$terminal" -Dzkc.errors="$errors" -Dzkc.costs="$costs" -Dzkc.build="${build:-}" -Dzkc.warm="${warm:-}" ${ZKC_JAVA_OPTS:-} \
    -cp "$class_path" org.zkc.runtime.cli.Main "$@"
}

# Makes $2/$1.aot, the JVM's cache of what rehearsal $1 loads and runs under the options $3; an empty file where that fails, so that it is
# tried once. What it prints goes to the file $4. $background, where it is set, lets everything else go first.
rehearse() {
  aot=$2/$1.aot
  # shellcheck disable=SC2086  # several words
  ${background:+nice -n 19} "$JAVA_HOME/bin/java" $3 -XX:AOTCacheOutput="$aot" -cp "$class_path" org.zkc.runtime.cli.Rehearsal "$1" "$2/demo" >"$4" 2>&1 \
    && [ -s "$aot" ] || : >"$aot"
}

# Lets stderr go through a filter, whose process is $errors.
filter_errors() {
  pipe=$(mktemp -u "${TMPDIR:-/tmp}/zkc-stderr-XXXXXXXX")
  mkfifo -m 600 "$pipe"
  (
    trap '' INT
    exec <"$pipe"
    rm -f "$pipe"
    if IFS= read -r line || [ -n "$line" ]; then
      [ "$line" = 'WARNING: Using incubator modules: jdk.incubator.vector' ] || printf '%s\n' "$line"
      exec cat
    fi
  ) >&2 &
  errors=$!
  exec 2>"$pipe"
}
