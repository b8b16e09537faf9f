package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Losses by the class of each element: minus the logarithm of its share. The class is a line that
 * is 1 there and 0 elsewhere, a row of a unit matrix or comparisons with all classes; a class that
 * is ignored has a line of zeros.
 */
final class ClassLossOperators {
  private static final String BECOMES =
      "log_softmax, gather or compare_zero, multiply, window_mean; divide";

  private static final String PICKS = "gather or compare_zero, multiply, window_mean; divide";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.cross_entropy_loss", BECOMES, ClassLossOperators::crossEntropy),
          likelihood("nll_loss", false),
          likelihood("nll_loss_nd", false),
          likelihood("nll_loss2d", false),
          likelihood("nll_loss_forward", true),
          likelihood("nll_loss2d_forward", true),
          new TorchOperator(
              "aten.multi_margin_loss",
              "gather or compare_zero, multiply, subtract, relu, window_mean",
              ClassLossOperators::margins));

  /** PyTorch's class that is ignored where the user names none; as a class it is an error. */
  private static final long NONE_IGNORED = -100;

  /** Classes with a unit matrix of their own; more are compared one by one. */
  private static final int MOST_ROWS = 1 << 10;

  private ClassLossOperators() {}

  private static TorchOperator likelihood(String name, boolean withTotal) {
    return new TorchOperator(
        "aten." + name,
        PICKS,
        call -> {
          Loss loss = Loss.of(call, call.value(0), 2, 3, 4);
          Lines lines = loss.lines();
          TorchValue reduced = loss.reduced(loss.negativeSum(lines.value()), lines);
          return withTotal ? new Tuple(List.of(reduced, call.result(loss.total(lines)))) : reduced;
        });
  }

  /** (self, target, weight, reduction, ignore_index, label_smoothing). */
  private static TorchValue crossEntropy(OperatorCall call) {
    Tensor logits = call.tensor(0);
    int axis = classAxis(logits.shape());
    Tensor shares =
        call.tensorOf(new OtherOperators(call).run("log_softmax/int", logits, axis, null));
    double smoothing = call.number(5, 0);
    Loss loss = Loss.of(call, call.value(shares), 2, 3, 4);
    TensorEmitter emit = call.emit();
    if (call.tensor(1).shape().equals(logits.shape()) && call.tensor(1).dtype().isFloating()) {
      Value target = call.value(1);
      if (smoothing > 0) {
        Value kept = emit.multiply(target, emit.scalar(1 - smoothing));
        target = emit.add(kept, emit.scalar(smoothing / loss.classes()));
      }
      Value elements = loss.negativeSum(target);
      return LossOperators.reduced(call, 3, elements);
    }
    Lines lines = loss.lines();
    Value factors = lines.value();
    if (smoothing > 0) {
      Value even = emit.multiply(lines.kept(emit), emit.scalar(smoothing / loss.classes()));
      factors = emit.add(emit.multiply(factors, emit.scalar(1 - smoothing)), even);
    }
    return loss.reduced(loss.negativeSum(factors), lines);
  }

  /**
   * (self, target, p, margin, weight, reduction): the mean over the classes of max(0, margin - x_y
   * + x_j)^p, without that of y itself, times the weight of y.
   */
  private static TorchValue margins(OperatorCall call) {
    TensorEmitter emit = call.emit();
    double p = call.number(2, 1);
    double margin = call.number(3, 1);
    if (p != 1 && p != 2) {
      throw call.refuse("the power %s; 1 and 2 are supported".formatted(p));
    }
    Loss loss = new Loss(call, call.value(0), 4, 5, NONE_IGNORED);
    Lines lines = loss.lines();
    Value own = loss.kept(loss.sum(emit.multiply(lines.value(), loss.x())));
    Value beyond = emit.relu(emit.add(emit.subtract(loss.x(), own), emit.scalar(margin)));
    Value powers = p == 1 ? beyond : emit.multiply(beyond, beyond);
    Value others = emit.multiply(powers, emit.subtract(emit.scalar(1), lines.value()));
    Value mean = emit.multiply(loss.sum(others), emit.scalar(1.0 / loss.classes()));
    Value weighted = call.isNone(4) ? mean : emit.multiply(mean, loss.sum(loss.weighted(lines)));
    return LossOperators.reduced(call, 5, weighted);
  }

  private static int classAxis(Shape shape) {
    return shape.rank() == 1 ? 0 : 1;
  }

  /**
   * For each element a line over the classes, 1 at the element's own.
   *
   * @param value with the classes on the axis that the shares have them on
   * @param isCertain whether every line has its 1
   */
  private record Lines(Value value, int axis, boolean isCertain) {
    /** 1 for elements that have a class, 0 for ignored ones, on an axis of 1. */
    Value kept(TensorEmitter emit) {
      int classes = value.shape().extent(axis);
      return emit.windowMean(value, axis, List.of(0), List.of(classes), List.of(1));
    }
  }

  /**
   * A loss over classes.
   *
   * @param x shares, their logarithms or scores, [N, C, ...] or [C]
   * @param weightAt the argument with a weight for each class
   * @param reductionAt the argument that says what is done with the elements' losses
   * @param ignored the class whose elements do not count
   */
  private record Loss(OperatorCall call, Value x, int weightAt, int reductionAt, long ignored) {
    static Loss of(OperatorCall call, Value x, int weightAt, int reductionAt, int ignoredAt) {
      return new Loss(call, x, weightAt, reductionAt, call.integer(ignoredAt, NONE_IGNORED));
    }

    private int axis() {
      return classAxis(x.shape());
    }

    int classes() {
      return IndexOperators.extent(call, x.shape(), axis());
    }

    /** The lines of the targets. */
    Lines lines() {
      Tensor target = call.tensor(1);
      int classes = classes();
      if (target.dtype().isFloating() || target.dtype() == DType.I1) {
        throw call.refuse(
            "classes of type %s; integers are needed".formatted(target.dtype().text()));
      }
      List<Integer> expected = new ArrayList<>(x.shape().extents());
      expected.remove(axis());
      if (!target.shape().equals(new Shape(expected))) {
        throw call.refuse(
            "classes of shape %s for scores of shape %s".formatted(target.shape(), x.shape()));
      }
      boolean isInside = ignored >= 0 && ignored < classes;
      boolean isGathered =
          classes <= MOST_ROWS
              && (target instanceof KnownTensor || isInside || ignored == NONE_IGNORED);
      Value last = isGathered ? rows(target, classes) : compared(target, classes);
      List<Integer> order = new ArrayList<>();
      for (int a = 0; a < x.shape().rank(); a++) {
        order.add(a == axis() ? x.shape().rank() - 1 : a < axis() ? a : a - 1);
      }
      return new Lines(
          call.emit().transpose(last, order), axis(), isGathered && ignored == NONE_IGNORED);
    }

    private Value rows(Tensor target, int classes) {
      TensorEmitter emit = call.emit();
      Shape shape = Shape.of(classes, classes);
      if (target instanceof KnownTensor k) {
        List<Integer> extents = new ArrayList<>(k.shape().extents());
        extents.add(classes);
        float[] lines = new float[Math.multiplyExact((int) k.shape().elementCount(), classes)];
        for (int i = 0; i < k.shape().elementCount(); i++) {
          long own = k.data().getLong(i);
          if (own != ignored) {
            if (own < 0 || own >= classes) {
              throw call.refuse("class %d of %d".formatted(own, classes));
            }
            lines[i * classes + (int) own] = 1;
          }
        }
        return emit.constant(TensorData.ofFloats(new Shape(extents), lines), "");
      }
      long[] unit =
          LongStream.range(0, shape.elementCount())
              .map(i -> i / classes == i % classes && i % classes != ignored ? 1 : 0)
              .toArray();
      Value table = emit.integers(TensorData.ofLongs(DType.I64, shape, unit), "");
      return emit.cast(emit.gather(table, ((TracedTensor) target).value()), DType.F32);
    }

    private Value compared(Tensor target, int classes) {
      OtherOperators other = new OtherOperators(call);
      TensorData all =
          TensorData.ofLongs(DType.I64, Shape.of(classes), LongStream.range(0, classes).toArray());
      TorchValue apart = other.run("unsqueeze", target, -1);
      Tensor equal = call.tensorOf(other.run("eq/Tensor", apart, new KnownTensor(all, "")));
      Value lines = call.in(DType.F32, equal);
      if (ignored < 0 || ignored >= classes) {
        return lines;
      }
      float[] counted = new float[classes];
      Arrays.fill(counted, 1);
      counted[(int) ignored] = 0;
      TensorData mask = TensorData.ofFloats(Shape.of(classes), counted);
      return call.emit().multiply(lines, call.emit().constant(mask, ""));
    }

    /** The sum over the classes, without their axis. */
    Value sum(Value each) {
      List<Integer> extents = new ArrayList<>(each.shape().extents());
      extents.remove(axis());
      Value sums = call.emit().windowMean(each, axis(), List.of(0), List.of(classes()), List.of(1));
      return call.emit().reshape(sums, new Shape(extents));
    }

    /** A number for each element, with an axis of 1 where the classes are. */
    Value kept(Value sums) {
      return call.emit().reshape(sums, x.shape().with(axis(), 1));
    }

    /** The lines times the weights of the classes. */
    Value weighted(Lines lines) {
      return call.isNone(weightAt) ? lines.value() : call.emit().multiply(lines.value(), weights());
    }

    private Value weights() {
      List<Integer> extents = new ArrayList<>(x.shape().extents().stream().map(_ -> 1).toList());
      extents.set(axis(), classes());
      return call.emit().reshape(call.value(weightAt), new Shape(extents));
    }

    /** Minus the sum of the shares times the factors and the weights of the classes. */
    Value negativeSum(Value factors) {
      Value each = call.emit().multiply(factors, x);
      Value all = call.isNone(weightAt) ? each : call.emit().multiply(each, weights());
      return call.emit().multiply(sum(all), call.emit().scalar(-1));
    }

    /** The sum of the weights of all elements. */
    Value total(Lines lines) {
      return sumOfAll(sum(weighted(lines)));
    }

    private Value sumOfAll(Value elements) {
      ReductionOperators.Lines all = ReductionOperators.Lines.of(call, elements, Set.of(), false);
      Value line = ReductionOperators.mean(call, all.lines(), List.of(all.axis()), false, true);
      return call.emit().reshape(line, all.result());
    }

    /** The elements' losses, their sum, or that over the sum of the elements' weights. */
    TorchValue reduced(Value elements, Lines lines) {
      long reduction = call.isNone(reductionAt) ? 1 : call.integer(reductionAt);
      boolean isEven = call.isNone(weightAt) && lines.isCertain();
      if (reduction != 1 || isEven) {
        return LossOperators.reduced(call, reductionAt, elements);
      }
      return call.result(call.emit().divide(sumOfAll(elements), total(lines)));
    }
  }
}
