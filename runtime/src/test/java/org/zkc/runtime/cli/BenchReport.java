package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.zkc.runtime.bench.BenchmarkFigures;
import org.zkc.runtime.bench.BenchmarkModel;
import org.zkc.runtime.bench.CompileFigures;
import org.zkc.runtime.bench.ProofFigures;

/** Figures of one model as text and as JSON. */
final class BenchReport {
  private static final long KEY_BOUND = 256_000;

  private final BenchmarkFigures figures;
  private final ProofFigures proof;
  private final BenchmarkModel.Bounds bounds;
  private final int threads;

  BenchReport(BenchmarkFigures figures, BenchmarkModel.Bounds bounds, int threads) {
    this.figures = figures;
    this.proof = figures.proof();
    this.bounds = bounds;
    this.threads = threads;
  }

  void print(PrintWriter out) {
    out.println(
        "%s (%s parameters, %d thread%s%s)"
            .formatted(
                figures.model(),
                Figures.count(proof.parameters()),
                threads,
                threads == 1 ? "" : "s",
                proof.samples() == 1 ? "" : ", %d samples".formatted(proof.samples())));
    line(
        out,
        "bits",
        String.format(Locale.ROOT, "%.1f", proof.weightBits()),
        String.format(
            Locale.ROOT, "  of a weight, %.1f of what is committed to", proof.activationBits()));
    line(out, "fidelity", String.format(Locale.ROOT, "%.4f", proof.fidelity()), "  (least R^2)");
    CompileFigures compile = figures.compile();
    if (compile != null) {
      line(out, "compile", Figures.time(compile.seconds()), "");
      line(out, "commit", Figures.time(compile.commitSeconds()), "  (once, to the model)");
      if (compile.peakBytes() > 0) {
        line(out, "  peak RSS", Figures.bytes(compile.peakBytes()), "");
      }
    }
    line(
        out,
        "prove",
        Figures.time(proof.prove()),
        bound(proof.prove() <= bounds.proveSeconds(), seconds(bounds.proveSeconds()))
            + predictedProve());
    out.println(
        "    %-24s %12s".formatted("(bound by multiplier)", Figures.time(proof.boundSeconds())));
    if (threads == 1) {
      out.println("    %-24s %12s".formatted("(processor time)", Figures.time(proof.proveCpu())));
    }
    proof
        .stages()
        .forEach((stage, s) -> out.println("    %-24s %12s".formatted(stage, Figures.time(s))));
    if (figures.coldSeconds() > 0) {
      line(out, "cold", Figures.time(figures.coldSeconds()), "  (a whole zkc prove process)");
    }
    line(
        out,
        "verify",
        Figures.time(proof.verify()),
        bound(proof.verify() <= bounds.verifySeconds(), seconds(bounds.verifySeconds())));
    if (threads == 1) {
      out.println("    %-24s %12s".formatted("(processor time)", Figures.time(proof.verifyCpu())));
    }
    line(
        out,
        "proof",
        Figures.bytes(proof.proofBytes()),
        bound(proof.proofBytes() <= bounds.proofBytes(), size(bounds.proofBytes()))
            + predicted(
                Figures.bytes(proof.predictedProof()),
                (double) proof.predictedProof() / proof.proofBytes()));
    line(
        out,
        "key",
        Figures.bytes(proof.keyBytes()),
        bound(proof.keyBytes() <= KEY_BOUND, size(KEY_BOUND)));
    if (proof.peakBytes() > 0) {
      line(
          out,
          "peak RSS",
          Figures.bytes(proof.peakBytes()),
          "  (first proof)"
              + predicted(
                  Figures.bytes(proof.predictedMemory()),
                  (double) proof.predictedMemory() / proof.peakBytes()));
      line(
          out,
          "",
          Figures.bytes(proof.warmPeakBytes()),
          "  (after all)"
              + bound(proof.warmPeakBytes() <= bounds.peakBytes(), size(bounds.peakBytes())));
    }
    line(out, "heap limit", Figures.bytes(proof.heapBytes()), "");
    line(out, "security", String.format(Locale.ROOT, "%.1f bits", proof.securityBits()), "");
  }

  private static void line(PrintWriter out, String name, String value, String remark) {
    out.println("  %-10s %11s%s".formatted(name, value, remark));
  }

  /** The prediction is of one thread: with more it stands beside the time, but is not compared. */
  private String predictedProve() {
    String predicted = Figures.time(proof.predictedProve());
    return threads == 1
        ? predicted(predicted, proof.predictedProve() / proof.prove())
        : "  (predicted on one thread: " + predicted + ")";
  }

  private static String predicted(String value, double ratio) {
    return String.format(Locale.ROOT, "  (predicted %s: %.2f of it)", value, ratio);
  }

  private static String seconds(double bound) {
    return Double.isInfinite(bound) ? "" : Figures.time(bound);
  }

  private static String size(long bound) {
    return bound == Long.MAX_VALUE ? "" : Figures.bytes(bound);
  }

  private static String bound(boolean holds, String bound) {
    return bound.isEmpty() ? "" : "  (bound %s: %s)".formatted(bound, holds ? "holds" : "MISSED");
  }

  Map<String, Object> json() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("model", figures.model());
    out.put("parameters", proof.parameters());
    out.put("threads", threads);
    out.put("samples", proof.samples());
    out.put("weightBits", proof.weightBits());
    out.put("activationBits", proof.activationBits());
    out.put("fidelity", proof.fidelity());
    CompileFigures compile = figures.compile();
    if (compile != null) {
      out.put("compileSeconds", compile.seconds());
      out.put("commitSeconds", compile.commitSeconds());
      out.put("compilePeakBytes", compile.peakBytes());
    }
    out.put("machine", Machine.text());
    out.put("proveSeconds", proof.prove());
    out.put("boundSeconds", proof.boundSeconds());
    if (threads == 1) {
      out.put("proveCpuSeconds", proof.proveCpu());
      out.put("verifyCpuSeconds", proof.verifyCpu());
      out.put("stagesCpu", proof.stagesCpu());
    }
    out.put("stages", proof.stages());
    if (figures.coldSeconds() > 0) {
      out.put("coldSeconds", figures.coldSeconds());
    }
    out.put("verifySeconds", proof.verify());
    out.put("proofBytes", proof.proofBytes());
    out.put("keyBytes", proof.keyBytes());
    out.put("peakBytes", proof.peakBytes());
    out.put("warmPeakBytes", proof.warmPeakBytes());
    out.put("heapBytes", proof.heapBytes());
    out.put("securityBits", proof.securityBits());
    out.put(
        "predicted",
        Map.of(
            "proveSeconds", proof.predictedProve(),
            "peakBytes", proof.predictedMemory(),
            "proofBytes", proof.predictedProof()));
    out.put("work", proof.work());
    Map<String, Object> limits = new LinkedHashMap<>();
    if (!Double.isInfinite(bounds.proveSeconds())) {
      limits.put("proveSeconds", bounds.proveSeconds());
    }
    if (!Double.isInfinite(bounds.verifySeconds())) {
      limits.put("verifySeconds", bounds.verifySeconds());
    }
    if (bounds.proofBytes() != Long.MAX_VALUE) {
      limits.put("proofBytes", bounds.proofBytes());
    }
    if (bounds.peakBytes() != Long.MAX_VALUE) {
      limits.put("peakBytes", bounds.peakBytes());
    }
    limits.put("keyBytes", KEY_BOUND);
    out.put("bounds", limits);
    return out;
  }
}
