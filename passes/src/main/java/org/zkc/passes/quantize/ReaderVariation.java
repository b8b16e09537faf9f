package org.zkc.passes.quantize;

import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.view.UnaryView;

/**
 * How precise a value must be for the linear maps that read it. A massive channel makes most of a
 * norm's variance, and its readers give it small weights; what they make of the others is lost when
 * bits are chosen by that variance.
 */
final class ReaderVariation {
  private final TensorAnalysis analysis;
  private final Ranges ranges;
  private final WeightCache cache;

  ReaderVariation(TensorAnalysis analysis, Ranges ranges, WeightCache cache) {
    this.analysis = analysis;
    this.ranges = ranges;
    this.cache = cache;
  }

  /**
   * The least variation of a linear map of the value over the variance that noise of variance 1 in
   * each element has there; infinite where no linear map reads the value.
   */
  double of(Value value) {
    double least = Double.POSITIVE_INFINITY;
    for (Op user : analysis.uses().users(value)) {
      if (user instanceof Linear l && l.input() == value) {
        least = Math.min(least, of(l));
      } else if (user instanceof UnaryView v && LineNorms.leavesLines(v)) {
        least = Math.min(least, of(v.result()));
      }
    }
    return least;
  }

  private double of(Linear map) {
    double variation = ranges.of(map.result()).variation();
    if (variation <= 0
        || !(analysis.uses().definition(map.weight()).orElse(null) instanceof Constant weight)) {
      return Double.POSITIVE_INFINITY;
    }
    WeightStatistics statistics = cache.statistics(map, () -> WeightStatistics.of(weight.data()));
    double squares = 0;
    for (double norm : statistics.norms()) {
      squares += norm * norm / statistics.channels();
    }
    return squares > 0 ? variation / squares : Double.POSITIVE_INFINITY;
  }
}
