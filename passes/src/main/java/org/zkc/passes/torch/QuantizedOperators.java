package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.zkc.passes.torch.QuantizedTensors.Grid;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.QuantizedTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * PyTorch's operators on quantised tensors and packed weights: the operator of real numbers, and
 * its result rounded to the grid of the scale and zero point that the call names.
 *
 * <p>Packed weights are tuples: (weight, bias) of a linear map; of a convolution (weight, bias,
 * stride, padding, dilation, output_padding, groups, transposed); (weight) of an embedding; of a
 * recurrent cell (weight_ih, weight_hh, bias_ih, bias_hh).
 */
final class QuantizedOperators {
  private static final String ROUNDED = ", fake_quantize";
  private static final String DYNAMIC = "the input is not rounded to a range of its own";

  static final List<TorchOperator> ALL =
      Stream.of(maps(), arithmetic(), functions(), packing(), dynamic(), conversions())
          .flatMap(List::stream)
          .toList();

  private QuantizedOperators() {}

  private static TorchOperator row(
      String name, String becomes, String remarks, OperatorLowering lowering) {
    return new TorchOperator(name, becomes, remarks, lowering);
  }

  /** The operator of real numbers with these arguments. */
  private static TorchValue apply(
      OperatorCall call, String operator, String overload, Object... arguments) {
    List<TorchValue> values = Arrays.stream(arguments).map(a -> (TorchValue) a).toList();
    return PartialEvaluation.evaluate(
        new OperatorCall(operator, overload, values, call.location(), call.emit()));
  }

  private static Tensor tensor(
      OperatorCall call, String operator, String overload, Object... arguments) {
    return call.tensorOf(apply(call, operator, overload, arguments));
  }

  /** The grid of an operand, which says of which type the results are; that of quint8 otherwise. */
  private static Grid gridOf(OperatorCall call, int index) {
    TorchValue value = call.argument(index);
    if (value.sequence().isPresent()) {
      value = value.sequence().get().stream().findFirst().orElse(value);
    }
    return value instanceof QuantizedTensor q ? q.grid() : new Grid(1, 0, 0, 255);
  }

  /** A result on the grid that two arguments of the call name. */
  private static TorchValue onGrid(
      OperatorCall call, Tensor result, int scaleAt, boolean isRectified) {
    Grid own = gridOf(call, 0);
    Grid grid =
        call.isNone(scaleAt)
            ? own
            : own.with(call.number(scaleAt), Math.round(call.number(scaleAt + 1)));
    long least = grid.low() - grid.zero();
    return QuantizedTensors.rounded(call, result, grid, isRectified ? Math.max(0, least) : least);
  }

  private static List<TorchValue> packed(OperatorCall call, int index) {
    return call.elements(index);
  }

  private static List<TorchOperator> maps() {
    List<TorchOperator> rows = new ArrayList<>();
    for (String relu : List.of("", "_relu")) {
      boolean isRectified = !relu.isEmpty();
      rows.add(
          row(
              "quantized.linear" + relu,
              "linear" + ROUNDED,
              "",
              c -> onGrid(c, linear(c), 2, isRectified)));
      for (int axes = 1; axes <= 3; axes++) {
        int n = axes;
        rows.add(
            row(
                "quantized.conv%dd%s".formatted(n, relu),
                "conv" + ROUNDED,
                "",
                c -> onGrid(c, convolution(c, 1, n), c.arguments().size() - 2, isRectified)));
      }
      rows.add(
          row(
              "quantized.conv2d_add" + relu,
              "conv, add" + ROUNDED,
              "",
              c -> onGrid(c, convolutionAndSum(c), 3, isRectified)));
    }
    for (int axes = 1; axes <= 3; axes++) {
      int n = axes;
      rows.add(
          row(
              "quantized.conv_transpose%dd".formatted(n),
              "conv" + ROUNDED,
              "",
              c -> onGrid(c, convolution(c, 1, n), 2, false)));
    }
    rows.add(
        row(
            "quantized.linear_leaky_relu",
            "linear, leaky_relu" + ROUNDED,
            "",
            c -> onGrid(c, tensor(c, "aten.leaky_relu", "", linear(c), c.argument(4)), 2, false)));
    rows.add(
        row(
            "quantized.linear_tanh",
            "linear, tanh" + ROUNDED,
            "",
            c -> onGrid(c, tensor(c, "aten.tanh", "", linear(c)), 2, false)));
    return rows;
  }

  private static Tensor linear(OperatorCall call) {
    List<TorchValue> weights = packed(call, 1);
    return tensor(
        call,
        "aten.linear",
        "",
        QuantizedTensors.plain(call).argument(0),
        weights.get(0),
        weights.get(1));
  }

  private static Tensor convolution(OperatorCall call, int packedAt, int axes) {
    List<TorchValue> p = packed(call, packedAt);
    List<TorchValue> arguments = new ArrayList<>();
    arguments.add(QuantizedTensors.plain(call).argument(0));
    List<TorchValue> all =
        List.of(p.get(0), p.get(1), p.get(2), p.get(3), p.get(4), p.get(7), p.get(5), p.get(6));
    arguments.addAll(all);
    boolean isPlane = axes == 1 && call.tensorOf(p.getFirst()).shape().rank() == 4;
    if (!isPlane) {
      return tensor(call, "aten.convolution", "", arguments.toArray());
    }
    // Weights of one axis are packed as those of a plane of height 1.
    TorchValue axis = new TorchValue.Int(-2);
    arguments.set(0, apply(call, "aten.unsqueeze", "", arguments.getFirst(), axis));
    Tensor plane = tensor(call, "aten.convolution", "", arguments.toArray());
    return tensor(call, "aten.squeeze", "dim", plane, axis);
  }

  private static Tensor convolutionAndSum(OperatorCall call) {
    Tensor sum = convolution(call, 2, 2);
    return tensor(
        call,
        "aten.add",
        "Tensor",
        sum,
        QuantizedTensors.plain(call).argument(1),
        new TorchValue.Int(1));
  }

  private static List<TorchOperator> arithmetic() {
    List<TorchOperator> rows = new ArrayList<>();
    for (String relu : List.of("", "_relu")) {
      boolean isRectified = !relu.isEmpty();
      rows.add(row("quantized.add" + relu, "add" + ROUNDED, "", c -> sum(c, isRectified)));
      rows.add(row("quantized.mul" + relu, "multiply" + ROUNDED, "", c -> product(c, isRectified)));
      rows.add(row("quantized.add_scalar" + relu, "add", "", c -> sum(c, isRectified)));
      rows.add(row("quantized.mul_scalar" + relu, "multiply", "", c -> product(c, isRectified)));
      rows.add(
          row(
              "quantized.cat" + relu,
              "concatenate" + ROUNDED,
              "",
              c -> {
                OperatorCall plain = QuantizedTensors.plain(c);
                return onGrid(
                    c,
                    tensor(c, "aten.cat", "", plain.argument(0), plain.argument(1)),
                    2,
                    isRectified);
              }));
    }
    rows.add(
        row(
            "quantized.matmul",
            "matmul" + ROUNDED,
            "",
            c -> {
              OperatorCall plain = QuantizedTensors.plain(c);
              return onGrid(
                  c, tensor(c, "aten.matmul", "", plain.argument(0), plain.argument(1)), 2, false);
            }));
    return rows;
  }

  private static boolean isNumber(OperatorCall call, int index) {
    return !(call.argument(index) instanceof QuantizedTensor)
        && call.argument(index).number().isPresent();
  }

  /** (qa, qb, scale, zero_point); by a number the zero point moves by the number's steps. */
  private static TorchValue sum(OperatorCall call, boolean isRectified) {
    OperatorCall plain = QuantizedTensors.plain(call);
    TorchValue one = new TorchValue.Int(1);
    if (!isNumber(call, 0) && !isNumber(call, 1)) {
      Tensor sum = tensor(call, "aten.add", "Tensor", plain.argument(0), plain.argument(1), one);
      return onGrid(call, sum, 2, isRectified);
    }
    int at = isNumber(call, 0) ? 1 : 0;
    Grid grid = gridOf(call, at);
    double steps = Math.rint(call.number(1 - at) / grid.scale());
    long zero = grid.zero() - (long) steps;
    if (zero < grid.low() || zero > grid.high()) {
      throw call.refuse(
          "adding %s, more than the range of the quantised tensor; add it after dequantize()"
              .formatted(call.number(1 - at)));
    }
    TorchValue moved = new TorchValue.Float(steps * (float) grid.scale());
    Tensor sum = tensor(call, "aten.add", "Scalar", plain.argument(at), moved, one);
    return rectified(call, sum, grid.with(grid.scale(), zero), isRectified);
  }

  /** (qa, qb, scale, zero_point); by a number the scale is multiplied. */
  private static TorchValue product(OperatorCall call, boolean isRectified) {
    OperatorCall plain = QuantizedTensors.plain(call);
    if (!isNumber(call, 0) && !isNumber(call, 1)) {
      Tensor product = tensor(call, "aten.mul", "Tensor", plain.argument(0), plain.argument(1));
      return onGrid(call, product, 2, isRectified);
    }
    int at = isNumber(call, 0) ? 1 : 0;
    Grid grid = gridOf(call, at);
    double factor = call.number(1 - at);
    if (factor == 0 || !Double.isFinite(factor)) {
      throw call.refuse("a quantised tensor times %s".formatted(factor));
    }
    Tensor product =
        tensor(call, "aten.mul", "Scalar", plain.argument(at), new TorchValue.Float(factor));
    Grid scaled =
        grid.with(
            grid.scale() * Math.abs(factor),
            factor > 0 ? grid.zero() : grid.low() + grid.high() - grid.zero());
    return rectified(call, product, scaled, isRectified);
  }

  /** Elements of a grid as they are, or without the negative ones. */
  private static TorchValue rectified(
      OperatorCall call, Tensor elements, Grid grid, boolean isRectified) {
    Tensor kept = isRectified ? tensor(call, "aten.relu", "", elements) : elements;
    return kept instanceof TorchValue.TracedTensor t ? new QuantizedTensor(t, grid) : kept;
  }

  private static List<TorchOperator> functions() {
    List<TorchOperator> rows = new ArrayList<>();
    rows.add(function("sigmoid", "sigmoid", 1, 1));
    rows.add(function("hardswish", "hardswish", 1, 1));
    rows.add(function("leaky_relu", "leaky_relu", 3, 2));
    rows.add(function("softmax", "softmax", 2, 2));
    rows.add(function("layer_norm", "layer_norm", 5, 5));
    rows.add(function("group_norm", "group_norm", 5, 5));
    rows.add(function("prelu", "prelu", 2, 2));
    rows.add(
        row(
            "quantized.elu",
            "elu" + ROUNDED,
            "",
            c -> {
              TorchValue x = QuantizedTensors.plain(c).argument(0);
              return onGrid(
                  c,
                  tensor(c, "aten.elu", "", x, c.argument(3), c.argument(4), c.argument(5)),
                  1,
                  false);
            }));
    rows.add(
        row(
            "quantized.celu",
            "elu" + ROUNDED,
            "",
            c -> {
              TorchValue x = QuantizedTensors.plain(c).argument(0);
              return onGrid(c, tensor(c, "aten.celu", "", x, c.argument(3)), 1, false);
            }));
    rows.add(row("quantized.dropout", "identity", "", c -> c.argument(0)));
    rows.add(
        row(
            "quantized.instance_norm",
            "standardize" + ROUNDED,
            "",
            c -> onGrid(c, instanceNorm(c), 4, false)));
    for (String axes : List.of("", "1d", "2d", "3d")) {
      for (String relu : List.of("", "_relu")) {
        rows.add(
            row(
                "quantized.batch_norm" + axes + relu,
                "batch_norm" + ROUNDED,
                "",
                c -> onGrid(c, batchNorm(c), 6, !relu.isEmpty())));
      }
    }
    for (String same : List.of("relu6", "clamp", "threshold", "max_pool1d", "max_pool2d")) {
      rows.add(
          row(
              "quantized." + same,
              same.startsWith("max") ? "max_pool" : "clamp or pointwise" + ROUNDED,
              "",
              c ->
                  PartialEvaluation.evaluate(
                      new OperatorCall(
                          "aten." + same, c.overload(), c.arguments(), c.location(), c.emit()))));
    }
    return rows;
  }

  /** A function of its first arguments whose result has a grid of its own. */
  private static TorchOperator function(String name, String becomes, int scaleAt, int taken) {
    return row(
        "quantized." + name,
        becomes + ROUNDED,
        "",
        c -> {
          List<TorchValue> arguments =
              new ArrayList<>(QuantizedTensors.plain(c).arguments().subList(0, taken));
          String overload = "";
          if (name.equals("softmax")) {
            arguments.add(TorchValue.None.NONE);
            overload = "int";
          }
          if (name.equals("layer_norm") || name.equals("group_norm")) {
            arguments.add(new TorchValue.Bool(false));
          }
          return onGrid(
              c, tensor(c, "aten." + name, overload, arguments.toArray()), scaleAt, false);
        });
  }

  private static Tensor batchNorm(OperatorCall call) {
    TorchValue no = new TorchValue.Bool(false);
    return tensor(
        call,
        "aten.batch_norm",
        "",
        QuantizedTensors.plain(call).argument(0),
        call.argument(1),
        call.argument(2),
        call.argument(3),
        call.argument(4),
        no,
        new TorchValue.Float(0),
        call.argument(5),
        no);
  }

  private static Tensor instanceNorm(OperatorCall call) {
    return tensor(
        call,
        "aten.instance_norm",
        "",
        QuantizedTensors.plain(call).argument(0),
        call.argument(1),
        call.argument(2),
        TorchValue.None.NONE,
        TorchValue.None.NONE,
        new TorchValue.Bool(true),
        new TorchValue.Float(0),
        call.argument(3),
        new TorchValue.Bool(false));
  }

  private static List<TorchOperator> packing() {
    List<TorchOperator> rows = new ArrayList<>();
    rows.add(
        row(
            "quantized.linear_prepack",
            "host",
            "",
            c -> new Tuple(List.of(c.argument(0), c.argument(1)))));
    for (String n : List.of("1d", "2d", "3d")) {
      rows.add(row("quantized.conv%s_prepack".formatted(n), "host", "", c -> pack(c, false)));
      rows.add(
          row("quantized.conv_transpose%s_prepack".formatted(n), "host", "", c -> pack(c, true)));
      for (String kind : List.of("conv", "conv_transpose")) {
        rows.add(
            row(
                "quantized.%s%s_unpack".formatted(kind, n),
                "host",
                "",
                QuantizedOperators::unpack));
      }
    }
    rows.add(row("quantized.linear_unpack", "host", "", QuantizedOperators::unpack));
    return rows;
  }

  private static TorchValue unpack(OperatorCall call) {
    return new Tuple(packed(call, 0).subList(0, 2));
  }

  /** (weight, bias, stride, padding, dilation, groups), or with output_padding before dilation. */
  private static TorchValue pack(OperatorCall call, boolean isTransposed) {
    int more = isTransposed ? 1 : 0;
    TorchValue none = TorchValue.ints(call.integers(2).stream().map(s -> 0).toList());
    return new Tuple(
        List.of(
            call.argument(0),
            call.argument(1),
            call.argument(2),
            call.argument(3),
            call.argument(4 + more),
            isTransposed ? call.argument(4) : none,
            call.argument(5 + more),
            new TorchValue.Bool(isTransposed)));
  }

  private static List<TorchOperator> dynamic() {
    List<TorchOperator> rows = new ArrayList<>();
    for (String suffix : List.of("", "_fp16")) {
      rows.add(row("quantized.linear_dynamic" + suffix, "linear", DYNAMIC, c -> linear(c)));
      rows.add(
          row(
              "quantized.linear_relu_dynamic" + suffix,
              "linear, relu",
              DYNAMIC,
              c -> apply(c, "aten.relu", "", linear(c))));
    }
    for (int axes = 1; axes <= 3; axes++) {
      int n = axes;
      for (String kind : List.of("conv", "conv_transpose")) {
        rows.add(
            row(
                "quantized.%s%dd_dynamic".formatted(kind, n),
                "conv",
                DYNAMIC,
                c -> convolution(c, 1, n)));
      }
    }
    for (String kind : List.of("lstm", "gru", "rnn_tanh", "rnn_relu")) {
      rows.add(
          row(
              "quantized.quantized_%s_cell_dynamic".formatted(kind),
              "linear, sigmoid, tanh, multiply, add",
              DYNAMIC,
              c ->
                  apply(
                      c,
                      "aten." + kind + "_cell",
                      "",
                      c.argument(0),
                      c.argument(1),
                      packed(c, 2).get(0),
                      packed(c, 3).get(0),
                      packed(c, 2).get(1),
                      packed(c, 3).get(1))));
    }
    rows.add(
        row(
            "aten.quantized_lstm",
            "linear, sigmoid, tanh, multiply, add",
            DYNAMIC,
            c -> layers(c, "aten.lstm")));
    rows.add(
        row(
            "aten.quantized_gru",
            "linear, sigmoid, tanh, multiply, add",
            DYNAMIC,
            c -> layers(c, "aten.gru")));
    rows.add(
        row(
            "quantized.embedding_byte",
            "gather",
            "",
            c -> embedding(c, "aten.embedding", List.of(c.argument(1)))));
    rows.add(
        row(
            "quantized.embedding_4bit",
            "gather",
            "",
            c -> embedding(c, "aten.embedding", List.of(c.argument(1)))));
    return rows;
  }

  private static TorchValue embedding(
      OperatorCall call, String operator, List<TorchValue> arguments) {
    List<TorchValue> all = new ArrayList<>();
    all.add(packed(call, 0).getFirst());
    all.addAll(arguments);
    return apply(call, operator, "", all.toArray());
  }

  /** (input, hx, params, ...): the cells' parameters one after the other, as aten.lstm has them. */
  private static TorchValue layers(OperatorCall call, String operator) {
    List<TorchValue> parameters = new ArrayList<>();
    for (TorchValue cell : call.elements(2)) {
      parameters.addAll(
          cell.sequence().orElseThrow(() -> call.refuse("parameters that are not packed")));
    }
    List<TorchValue> arguments = new ArrayList<>(call.arguments().subList(0, 9));
    arguments.set(2, new ListOf(parameters));
    return apply(call, operator, call.overload(), arguments.toArray());
  }

  private static List<TorchOperator> conversions() {
    return List.of(
        row(
            "aten.quantize_per_tensor",
            "fake_quantize",
            "constant scale and zero point",
            QuantizedOperators::quantize),
        row(
            "aten.quantize_per_channel",
            "host",
            "constants only",
            QuantizedOperators::quantizePerChannel),
        row("aten.dequantize", "identity", "", c -> QuantizedTensors.plain(c).argument(0)));
  }

  /** (self, scale, zero_point, dtype). */
  private static TorchValue quantize(OperatorCall call) {
    if (call.argument(0) instanceof ListOf) {
      throw call.refuse("a list of tensors; quantise them one by one");
    }
    Grid grid = Grid.of(call, call.number(1), Math.round(call.number(2)), call.integer(3));
    return QuantizedTensors.rounded(call, call.tensor(0), grid);
  }

  /** (self, scales, zero_points, axis, dtype). */
  private static TorchValue quantizePerChannel(OperatorCall call) {
    KnownTensor x = call.knownTensor(0, "operand");
    Grid grid = Grid.of(call, 1, 0, call.integer(4));
    return tensor(
        call,
        "aten.fake_quantize_per_channel_affine",
        "",
        x,
        call.argument(1),
        call.argument(2),
        call.argument(3),
        new TorchValue.Int(grid.low()),
        new TorchValue.Int(grid.high()));
  }
}
