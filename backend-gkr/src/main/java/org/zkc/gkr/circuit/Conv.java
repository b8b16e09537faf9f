package org.zkc.gkr.circuit;

import java.util.List;

/**
 * result[n, o, y, x] = sum source[n, c, y * stride + dy * dilation - low, ...] weight[o, c, dy,
 * dx], zero outside the source; source [N, C, H, W], weight [O, C / groups, kh, kw]; lists hold
 * (rows, columns). Either may be of any role. No bias: add it with an Affine. docs/protocol.md
 * section 5.5.
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
  public String mnemonic() {
    return "conv";
  }

  @Override
  public String label() {
    return "Conv";
  }
}
