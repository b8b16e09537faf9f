package org.zkc.runtime.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Gather;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.circuit.Normalize;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.ir.Shape;
import org.zkc.runtime.artifact.ModelFile;

/** The relations of a circuit as lines to read, one for each: {@code committed t9 = ...}. */
final class RelationText {
  private final Circuit circuit;
  private final Map<Integer, String> names = new HashMap<>();

  /** A text that names tensors by number. */
  RelationText(Circuit circuit) {
    this.circuit = circuit;
    for (int k = 0; k < circuit.inputs().size(); k++) {
      names.put(circuit.inputs().get(k), "input" + k);
    }
  }

  /** A text that names parameters as the model does. */
  RelationText(ModelFile model) {
    this(model.keyFile().circuit().circuit());
    model.weights().tensors().forEach(t -> names.put(t.tensor(), t.name()));
  }

  String of(Relation relation) {
    TensorDeclaration result = circuit.tensors().get(relation.result());
    String holder =
        circuit.outputs().contains(relation.result())
            ? "output "
            : switch (result.role()) {
              case WITNESS -> "committed ";
              case VIRTUAL, INPUT, MODEL -> "";
            };
    return "%s%s = %s : %s in [%d, %d]"
        .formatted(
            holder,
            name(relation.result()),
            right(relation),
            new Shape(result.shape()),
            result.low(),
            result.high());
  }

  private String right(Relation relation) {
    return switch (relation) {
      case Conv c -> conv("conv", c);
      case FftConv c -> conv("conv through FFT of " + c.sizes(), c.conv());
      case Gather g -> "rows %s of %s".formatted(name(g.indices()), name(g.table()));
      case MatMul m -> "%s times %s".formatted(name(m.left()), name(m.right()));
      case Product p -> "%s * %s, element by element".formatted(name(p.left()), name(p.right()));
      case Max m -> "maximum of " + names(m.sources());
      case Requantize r ->
          "table%d(%s rounded to multiples of 2^%d)"
              .formatted(r.table(), name(r.source()), r.shift());
      case RoundedQuotient q ->
          "%s / %s, rounded to %d bits"
              .formatted(name(q.numerator()), name(q.denominator()), q.bits());
      case EuclideanNorm n ->
          "root of %d + the squares of %s".formatted(n.constant(), name(n.source()));
      case Reciprocal r -> "2^%d / %s, rounded".formatted(r.bits(), name(r.source()));
      case Normalize n ->
          "%s * %s, repeated along the last axis".formatted(name(n.source()), name(n.reciprocal()));
      case Affine a -> sum(a);
    };
  }

  private String conv(String how, Conv c) {
    return "%s of %s with %s, stride %s%s"
        .formatted(
            how,
            name(c.source()),
            name(c.weight()),
            c.strides(),
            c.groups() == 1 ? "" : ", %d groups".formatted(c.groups()));
  }

  private static final int SHOWN_TERMS = 6;

  private String sum(Affine affine) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < Math.min(SHOWN_TERMS, affine.terms().size()); k++) {
      Affine.Term term = affine.terms().get(k);
      text.append(k == 0 ? "" : " + ");
      text.append(term.coefficient() == 1 ? "" : term.coefficient() + " ");
      text.append(term.steps().isEmpty() ? name(term.source()) : "view of " + name(term.source()));
    }
    if (affine.terms().size() > SHOWN_TERMS) {
      text.append(" + %d more".formatted(affine.terms().size() - SHOWN_TERMS));
    }
    if (!affine.constants().isEmpty()) {
      text.append(text.isEmpty() ? "constant" : " + constant");
    }
    return text.isEmpty() ? "0" : text.toString();
  }

  private String names(List<Integer> tensors) {
    return String.join(", ", tensors.stream().map(this::name).toList());
  }

  private String name(int tensor) {
    return names.getOrDefault(tensor, "t" + tensor);
  }
}
