package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.ImportedModel;
import org.zkc.passes.PassListener;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.quantize.QuantizationOptions;

/**
 * Compilation grows linearly with the number of operators: read, lowered, passed, quantised and
 * checked graphs of 1,000, 2,000 and 4,000 operators. Counted are the programs that passes hand on,
 * their ops, and the bytes that the compiling thread allocates in each step, which lists, maps and
 * copies of graphs take: a step that does for each operator what is proportional to all of them
 * takes four times as many for twice the operators.
 */
class LinearGrowthTest {
  /** Bytes for twice the operators, at most; 2 where all is linear, 4 where it is quadratic. */
  private static final double MOST_GROWTH = 2.5;

  /** A step that allocates less than this for the largest graph is not measured. */
  private static final long FEW_BYTES = 4_000_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  /** A chain of activations, sums, products, linear maps and views. */
  private String text(int operators) {
    StringBuilder out = new StringBuilder("program torch {\n  func @main(%x: Tensor) {\n");
    out.append("    %one = torch.constant() {literal = \"1\"} : int\n");
    out.append("    %zero = torch.constant() {literal = \"0\"} : int\n");
    out.append("    %half = torch.constant() {literal = \"0.5\"} : float\n");
    out.append("    %bias = torch.tensor_constant() {name = \"bias\",")
        .append(" data = dense<4:f32 [0.5, -0.5, 0.25, 0.125]>} : Tensor\n");
    out.append("    %weight = torch.tensor_constant() {name = \"weight\", data = dense<4x4:f32 [")
        .append("0.5, 0.5, -0.5, 0.25, 0.5, -0.5, 0.5, 0.5,")
        .append(" -0.5, 0.5, 0.5, 0.5, 0.25, -0.5, 0.5, -0.5]>} : Tensor\n");
    String h = "%x";
    for (int k = 0; k < operators; k++) {
      String result = "%v" + k;
      String call =
          switch (k % 6) {
            case 0 -> "relu(" + h + ") {overload = \"\"}";
            case 1 -> "add(" + h + ", %x, %one) {overload = \"Tensor\"}";
            case 2 -> "mul(" + h + ", %half) {overload = \"Scalar\"}";
            case 3 -> "linear(" + h + ", %weight, %bias) {overload = \"\"}";
            case 4 -> "tanh(" + h + ") {overload = \"\"}";
            default -> "transpose(" + h + ", %zero, %one) {overload = \"int\"}";
          };
      out.append("    ").append(result).append(" = torch.aten.").append(call);
      out.append(" : Tensor loc(\"model.py\":").append(k + 1).append(")\n");
      h = result;
    }
    return out.append("    return ").append(h).append("\n  }\n}\n").toString();
  }

  /** The bytes and the ops of each step, in order. */
  private static final class Steps implements PassListener {
    private final Map<String, long[]> counted = new LinkedHashMap<>();
    private long before = THREADS.getCurrentThreadAllocatedBytes();

    @Override
    public void after(Step step) {
      count(step.name(), step.result().main().body().size());
    }

    void count(String step, long ops) {
      long[] sums = counted.computeIfAbsent(step, s -> new long[3]);
      sums[0] += THREADS.getCurrentThreadAllocatedBytes() - before;
      sums[1] += ops;
      sums[2]++;
      before = THREADS.getCurrentThreadAllocatedBytes();
    }
  }

  private Map<String, long[]> compile(int operators) throws IOException {
    Path file = folder.resolve(operators + ".zkir");
    Files.writeString(file, text(operators));
    Steps steps = new Steps();
    CompileOptions options =
        new CompileOptions(
            "forward",
            List.of("4x4"),
            List.of(),
            List.of(),
            List.of(),
            EvaluationFiles.NONE,
            List.of(),
            QuantizationOptions.fixed(8, Map.of()),
            ConvolutionPolicy.AUTO,
            Set.of(),
            false,
            OptionalDouble.empty(),
            steps,
            warning -> {});
    CompilePipeline pipeline = new CompilePipeline(options);
    ImportedModel model = pipeline.read(file);
    CompiledModel compiled = pipeline.compile(pipeline.toTensor(model));
    steps.count("emit", compiled.checked().circuit().relations().size());
    return steps.counted;
  }

  @Test
  void twiceTheOperatorsTakeTwiceTheWork() throws IOException {
    // Classes are loaded, and their constants made, once.
    compile(100);
    Map<String, long[]> half = compile(1000);
    Map<String, long[]> whole = compile(2000);
    Map<String, long[]> twice = compile(4000);
    assertEquals(half.keySet(), twice.keySet());
    for (String step : twice.keySet()) {
      for (Map<String, long[]> larger : List.of(whole, twice)) {
        long[] few = (larger == whole ? half : whole).get(step);
        long[] many = larger.get(step);
        assertEquals(few[2], many[2], step + " runs as often");
        assertTrue(
            many[1] <= MOST_GROWTH * few[1], step + ": ops grow from " + few[1] + " to " + many[1]);
        assertTrue(
            many[0] < FEW_BYTES || many[0] <= MOST_GROWTH * few[0],
            step + ": bytes grow from " + few[0] + " to " + many[0]);
      }
    }
  }
}
