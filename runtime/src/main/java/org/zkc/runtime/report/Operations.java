package org.zkc.runtime.report;

import java.util.Map;

/** The names of operations and relations, and their families. */
final class Operations {
  private record Entry(String words, Page.Tone tone) {}

  private static final Map<String, Entry> BY_MNEMONIC =
      Map.ofEntries(
          Map.entry("conv", new Entry("convolution", Page.Tone.WEIGHTS)),
          Map.entry("_convolution", new Entry("convolution", Page.Tone.WEIGHTS)),
          Map.entry("conv2d", new Entry("convolution", Page.Tone.WEIGHTS)),
          Map.entry("max_pool2d", new Entry("max pooling", Page.Tone.POOL)),
          Map.entry("avg_pool2d", new Entry("average pooling", Page.Tone.POOL)),
          Map.entry("cat", new Entry("concatenation", Page.Tone.JOIN)),
          Map.entry("fft_conv", new Entry("convolution through FFT", Page.Tone.WEIGHTS)),
          Map.entry("linear", new Entry("linear layer", Page.Tone.WEIGHTS)),
          Map.entry("batch_norm", new Entry("batch norm", Page.Tone.WEIGHTS)),
          Map.entry("relu", new Entry("ReLU", Page.Tone.ACTIVATION)),
          Map.entry("clamp", new Entry("clamp", Page.Tone.ACTIVATION)),
          Map.entry("tanh", new Entry("tanh", Page.Tone.ACTIVATION)),
          Map.entry("sigmoid", new Entry("sigmoid", Page.Tone.ACTIVATION)),
          Map.entry("softmax", new Entry("softmax", Page.Tone.ACTIVATION)),
          Map.entry("log_softmax", new Entry("log-softmax", Page.Tone.ACTIVATION)),
          Map.entry("max_pool", new Entry("max pooling", Page.Tone.POOL)),
          Map.entry("window_mean", new Entry("average over windows", Page.Tone.POOL)),
          Map.entry("add", new Entry("addition", Page.Tone.JOIN)),
          Map.entry("subtract", new Entry("subtraction", Page.Tone.JOIN)),
          Map.entry("multiply", new Entry("multiplication", Page.Tone.JOIN)),
          Map.entry("divide", new Entry("division", Page.Tone.JOIN)),
          Map.entry("concatenate", new Entry("concatenation", Page.Tone.JOIN)),
          Map.entry("reshape", new Entry("reshape", Page.Tone.VIEW)),
          Map.entry("transpose", new Entry("transposition", Page.Tone.VIEW)),
          Map.entry("slice", new Entry("slice", Page.Tone.VIEW)),
          Map.entry("broadcast", new Entry("broadcast", Page.Tone.VIEW)),
          Map.entry("pad", new Entry("padding", Page.Tone.VIEW)),
          Map.entry("matmul", new Entry("matrix product", Page.Tone.WEIGHTS)),
          Map.entry("mat_mul", new Entry("matrix product", Page.Tone.WEIGHTS)),
          Map.entry("product", new Entry("products", Page.Tone.JOIN)),
          Map.entry("max", new Entry("maximum", Page.Tone.POOL)),
          Map.entry("requantize", new Entry("rounding", Page.Tone.ACTIVATION)));

  private Operations() {}

  /** The operation in words; its mnemonic where there are none. */
  static String words(String mnemonic) {
    Entry entry = BY_MNEMONIC.get(mnemonic.replace('-', '_'));
    return entry == null ? mnemonic.replace('_', ' ').replace('-', ' ') : entry.words();
  }

  /** A relation of the circuit in words. */
  static String relation(String name) {
    return name.equals("linear") ? "sum or view" : words(name);
  }

  static Page.Tone relationTone(String name) {
    return name.equals("linear") ? Page.Tone.VIEW : tone(name);
  }

  static Page.Tone tone(String mnemonic) {
    Entry entry = BY_MNEMONIC.get(mnemonic.replace('-', '_'));
    return entry == null ? Page.Tone.VIEW : entry.tone();
  }
}
