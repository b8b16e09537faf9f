package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result[n, o, y, x] = sum source[n, c, y * stride + dy * dilation - low, ...] weight[o, c, dy,
 * dx], zero outside the source; source [N, C, H, W], weight [O, C / groups, kh, kw]; lists hold
 * (rows, columns). Source and weight may be of any role. The relation has no bias; an Affine adds
 * one. docs/protocol.md section 5.5.
 */
public record Conv(
    int result,
    int source,
    int weight,
    List<Integer> strides,
    List<Integer> paddingLow,
    List<Integer> dilations,
    int groups)
    implements Relation {
  public Conv {
    strides = List.copyOf(strides);
    paddingLow = List.copyOf(paddingLow);
    dilations = List.copyOf(dilations);
  }

  @Override
  public List<Integer> sources() {
    return List.of(source, weight);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.VIRTUAL;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    List<Integer> x = circuit.tensors().get(source).shape();
    List<Integer> w = circuit.tensors().get(weight).shape();
    List<Integer> y = circuit.tensors().get(result).shape();
    int[] sources = elements.apply(source);
    int[] weights = elements.apply(weight);
    int outputsPerGroup = w.get(0) / groups;
    int[] out = new int[y.get(0) * y.get(1) * y.get(2) * y.get(3)];
    int at = 0;
    for (int n = 0; n < y.get(0); n++) {
      for (int o = 0; o < y.get(1); o++) {
        for (int row = 0; row < y.get(2); row++) {
          for (int column = 0; column < y.get(3); column++) {
            long sum = 0;
            for (int k = 0; k < w.get(1); k++) {
              int channel = o / outputsPerGroup * w.get(1) + k;
              for (int dy = 0; dy < w.get(2); dy++) {
                int sy = row * strides.get(0) + dy * dilations.get(0) - paddingLow.get(0);
                for (int dx = 0; dx < w.get(3); dx++) {
                  int sx = column * strides.get(1) + dx * dilations.get(1) - paddingLow.get(1);
                  if (sy >= 0 && sy < x.get(2) && sx >= 0 && sx < x.get(3)) {
                    long factor = weights[((o * w.get(1) + k) * w.get(2) + dy) * w.get(3) + dx];
                    sum +=
                        factor
                            * sources[((n * x.get(1) + channel) * x.get(2) + sy) * x.get(3) + sx];
                  }
                }
              }
            }
            out[at++] = Math.toIntExact(sum);
          }
        }
      }
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return ContractionCheck.interval(this, d, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.convolution(this, this);
  }

  @Override
  public String mnemonic() {
    return "conv";
  }

  @Override
  public String details() {
    return "stride " + strides + (groups == 1 ? "" : ", " + groups + " groups");
  }

  @Override
  public String label() {
    return "Conv";
  }
}
