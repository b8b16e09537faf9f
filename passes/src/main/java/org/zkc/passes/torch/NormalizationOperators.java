package org.zkc.passes.torch;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** Batch norm with running statistics, norms by the input's own statistics, softmax. */
final class NormalizationOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.layer_norm", "layer_norm, multiply, add", StandardizationOperators::layerNorm),
          new TorchOperator(
              "aten.native_layer_norm",
              "layer_norm, multiply, add",
              "without its statistics",
              StandardizationOperators::nativeLayerNorm),
          new TorchOperator(
              "aten.rms_norm", "rms_norm, multiply", StandardizationOperators::rmsNorm),
          new TorchOperator(
              "aten.group_norm", "layer_norm, multiply, add", StandardizationOperators::groupNorm),
          new TorchOperator(
              "aten.batch_norm",
              "batch_norm, or layer_norm, multiply, add",
              "not in training mode with running statistics",
              NormalizationOperators::batchNorm),
          new TorchOperator(
              "aten.instance_norm",
              "batch_norm, layer_norm, multiply, add",
              NormalizationOperators::instanceNorm),
          new TorchOperator(
              "aten.softmax", "softmax", c -> c.result(MaskedSoftmax.of(c, scores(c), axis(c)))),
          new TorchOperator(
              "aten.log_softmax",
              "log_softmax",
              c -> c.result(c.emit().logSoftmax(scores(c), axis(c)))));

  private NormalizationOperators() {}

  /** (input, dim, dtype): integers where the call names the type of real numbers to take. */
  private static Value scores(OperatorCall call) {
    return call.isNone(2) ? call.value(0) : call.in(DType.F32, call.tensor(0));
  }

  private static int axis(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    if (rank == 0) {
      throw call.refuse("the tensor has no axes");
    }
    return call.axis(1, rank);
  }

  /** (input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled). */
  private static TorchValue batchNorm(OperatorCall call) {
    // Without running statistics the input's own count, in evaluation too.
    if (call.isNone(3) && call.isNone(4)) {
      return StandardizationOperators.batchNorm(call);
    }
    requireStatistics(call);
    if (call.flag(5)) {
      throw call.refuse("the model is in training mode; call model.eval() before exporting it");
    }
    return byRunningStatistics(call);
  }

  /**
   * (input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps,
   * cudnn_enabled). By running statistics it is a batch norm, by the input's own a group norm.
   */
  private static TorchValue instanceNorm(OperatorCall call) {
    if (call.flag(5)) {
      return StandardizationOperators.instanceNorm(call);
    }
    requireStatistics(call);
    return byRunningStatistics(call);
  }

  private static void requireStatistics(OperatorCall call) {
    if (call.isNone(3) || call.isNone(4)) {
      throw call.refuse(
          "it has no running statistics; build the layer with track_running_stats=True");
    }
  }

  private static TorchValue byRunningStatistics(OperatorCall call) {
    Shape input = call.tensor(0).shape();
    if (input.rank() < 2) {
      throw call.refuse("its input has shape %s, without a channel axis".formatted(input));
    }
    Shape channels = Shape.of(input.extent(1));
    for (int i = 1; i <= 4; i++) {
      if (!call.isNone(i)) {
        Shape shape = call.knownTensor(i, "parameters").shape();
        if (!shape.equals(channels)) {
          throw call.refuse(
              "parameters of shape %s for an input of shape %s".formatted(shape, input));
        }
      }
    }
    double epsilon = call.number(7);
    TensorData variance = call.knownTensor(4, "parameters").data();
    for (long c = 0; c < variance.elementCount(); c++) {
      if (!(epsilon >= 0) || !(variance.getDouble(c) + epsilon > 0)) {
        throw call.refuse(
            "the running variance of channel %d plus epsilon is not positive".formatted(c));
      }
    }
    return call.result(
        call.emit()
            .batchNorm(
                call.value(0),
                call.optionalValue(1),
                call.optionalValue(2),
                call.value(3),
                call.value(4),
                epsilon));
  }
}
